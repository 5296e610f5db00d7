// One request of a pull until it is answered well or every host has failed it: mirrors in their
// order, then the registry itself; at each host the challenge and token that come first, what the
// runtime does about 429, errors and silence (decisions/request_retry), and the redirect of configs
// and blobs to an object store. Leaves out Retry-After headers, name resolution and the bytes.
#pragma once

#include "models/blob_transfer.hpp"
#include "models/context.hpp"
#include "models/decisions/request_retry.hpp"
#include "models/registry.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace pullsim {

/// Connections and tokens that one pull has, by registry.
class PullConnections {
 public:
  explicit PullConnections(const std::deque<Registry>& registries)
      : registries_(registries), at_(registries.size()) {}

  /// Time to set up the connection on which documents are asked for; none if it is there.
  Duration connect(std::size_t registry);
  /// A connection to whoever sends configs and blobs, an idle one or a new one, and the time to set
  /// it up.
  Duration connect_for_data(std::size_t registry, Connection* connection);
  /// It can be asked for another blob.
  void give_back(std::size_t registry, const Connection& connection) {
    at_[registry].idle.push_back(connection);
  }
  bool has_token(std::size_t registry) const { return at_[registry].token; }
  void got_token(std::size_t registry) { at_[registry].token = true; }

 private:
  struct Host {
    bool connected = false;
    bool token = false;
    std::vector<Connection> idle;
  };
  const std::deque<Registry>& registries_;
  std::vector<Host> at_;
};

/// Who makes a request.
struct RequestOrigin {
  std::deque<Registry>* registries = nullptr;
  PullConnections* connections = nullptr;
  RandomStream* draws = nullptr;
  RetryRules retries;
  SourceAddress address;
  std::size_t image = 0;
  std::size_t pull = 0;  ///< row
};

class RegistryRequest {
 public:
  enum class Kind : std::uint8_t {
    head,
    index,
    manifest,
    config,
    probe,  // of a client that wants to know how it may ask for blobs
    blob
  };

  /// To `hosts`, indices of registries, in their order.
  RegistryRequest(Context& context, const RequestOrigin& origin, Kind kind,
                  std::vector<std::size_t> hosts);
  ~RegistryRequest() { context_.engine.cancel(event_); }
  RegistryRequest(const RegistryRequest&) = delete;
  RegistryRequest& operator=(const RegistryRequest&) = delete;

  /// After `before`; `label` names the answers in the engine. `done` runs once, at the end.
  void start(const char* label, Duration before, Callback done);
  /// Answered well; else every host has failed it.
  bool good() const { return good_; }
  /// Which registry answered, or was asked last.
  std::size_t registry() const { return hosts_[host_]; }
  /// Of a config or blob: what it comes on.
  const Connection& connection() const { return connection_; }
  /// Waits for a registry that does not answer.
  bool hangs() const { return hangs_; }
  /// An outage of a registry has begun: what is on its way there is lost.
  void outage_began(std::size_t registry);

 private:
  /// What is asked at present; at the end of each good answer comes the next one that is needed.
  enum class Stage : std::uint8_t {
    challenge,  // answered 401
    token,
    content,
    store,  // where the registry has redirected to
  };
  using Service = Registry::Service;

  Registry& host() { return (*origin_.registries)[registry()]; }
  bool is_data() const { return kind_ == Kind::config || kind_ == Kind::blob; }
  void enter_host();
  void send();
  void transmit();
  Duration connect();
  RegistryAnswer answer_of_host(double failure);
  void hang();
  void answer_in(Duration time, RegistryAnswer answer);
  void answered(RegistryAnswer answer);
  void next_stage();
  void finish(bool good);

  Context& context_;
  RequestOrigin origin_;
  Kind kind_;
  std::vector<std::size_t> hosts_;
  std::size_t host_ = 0;
  Stage stage_ = Stage::content;
  std::int64_t attempts_ = 0;  // at this host
  std::int64_t server_errors_ = 0;
  bool connected_ = false;  // in this stage
  bool good_ = false;
  bool hangs_ = false;
  bool in_flight_ = false;
  Duration before_{0};
  std::optional<SimTime> gives_up_;  // waiting for a silent host
  Connection connection_;
  const char* label_ = "";
  EventHandle event_;
  Callback done_;
};

}  // namespace pullsim
