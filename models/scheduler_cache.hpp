// The scheduler's filters and scores over a cluster that changes a little at a time: the same
// answers as node_filters.hpp and node_scores.hpp, without looking at every pod and every label for
// each pod that is placed. Pods of one replica set are a class, nodes with equal labels and taints
// a shape; labels are compared once for each class and shape, and pods are counted by class on each
// node and shape. Leaves out, beside what those headers leave out, host names that two nodes share.
//
// Facts: as theirs. That the answers are the same is tested on random clusters
// (tests/properties/scheduler_cache_test.cpp).
#pragma once

#include "models/decisions/image_locality.hpp"
#include "models/decisions/node_order.hpp"
#include "models/decisions/scheduling_view.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pullsim {

class SchedulerCache {
 public:
  SchedulerCache() = default;
  SchedulerCache(const SchedulerCache&) = delete;
  SchedulerCache& operator=(const SchedulerCache&) = delete;

  using Class = std::uint32_t;
  using Node = std::uint32_t;  ///< numbers of the caller, small

  /// Pods that are alike in all but their names.
  Class add_class(SchedulingPod pod);
  const SchedulingPod& pod_of(Class of) const { return classes_[of].pod; }

  /// A node without pods and with the images that it names.
  void add_node(Node id, SchedulingNode node);
  void remove_node(Node id);  ///< with no pod on it (checked)
  bool has_node(Node id) const { return id < nodes_.size() && nodes_[id].present; }
  std::size_t size() const { return order_.size(); }
  void set_taints(Node id, std::vector<Taint> taints, bool unschedulable);
  void set_image(Node id, const std::string& image, std::optional<std::int64_t> size);

  void add_pod(Node id, Class of);
  /// It is being deleted: spreading does not count it any more, all else does.
  void begin_termination(Node id, Class of);
  void remove_pod(Node id, Class of, bool terminating);
  /// The same for a moment, to see what would be: not a change that counts as an opening.
  void lift(Node id, Class of, bool terminating) { change_pods(id, of, terminating ? 0 : -1, -1); }
  void put_back(Node id, Class of, bool terminating) {
    change_pods(id, of, terminating ? 0 : 1, 1);
  }
  /// A pod, by a number of the caller, for which victims were deleted on the node: filters treat it
  /// as if it was there already, for pods of no higher priority.
  void nominate(Node id, Class of, std::uint32_t pod);
  void withdraw(std::uint32_t pod);
  std::optional<Node> nomination_of(std::uint32_t pod) const;
  /// Pods nominated to the node, with their classes.
  std::vector<std::pair<std::uint32_t, Class>> nominated_to(Node id) const;

  /// Feasible nodes in the order of the search, which begins where the last one ended and stops
  /// when enough are found (scheduling_queue.hpp). `pod` may be among the nominated ones.
  std::vector<Node> find_feasible(Class of, std::optional<std::uint32_t> pod = {});
  /// All filters, for one node.
  bool fits(Class of, Node id, std::optional<std::uint32_t> pod = {});
  /// Whether no deletion of pods could make it fit: taints, affinity to nodes, missing labels, or
  /// affinity to pods that are not there.
  bool is_hopeless(Class of, Node id);
  /// One total for each of the feasible nodes.
  std::vector<std::int64_t> total_scores(Class of, const std::vector<Node>& feasible);
  /// Those that share the highest total; a single node is not scored.
  std::vector<Node> best_of(Class of, const std::vector<Node>& feasible);
  /// best_of() what find_feasible() finds, faster; empty where nothing is. Valid until the next
  /// call.
  const std::vector<Node>& best_nodes(Class of, std::optional<std::uint32_t> pod = {});
  /// Whether one of the terms of its required affinity selects the other class.
  bool wants(Class of, Class other) const;
  const std::vector<Node>& node_order() { return order_.list(); }

  /// Grows with every change after which a pod may fit that did not: pods that leave, nodes that
  /// come or change. For classes that look for other pods, pods that come count, too.
  std::uint64_t openings(Class of) const;
  /// Grows with every change of pods, nodes and nominations.
  std::uint64_t changes() const { return changes_; }

 private:
  using Shape = std::uint32_t;
  static constexpr std::int64_t kAbsent = -1;

  struct Amounts {
    std::int64_t cpu = 0;
    std::int64_t memory = 0;
    friend bool operator==(const Amounts&, const Amounts&) = default;
  };

  struct NodeEntry {
    bool present = false;
    bool nominated = false;  // somebody is
    bool unschedulable = false;
    Shape shape = 0;
    std::int64_t pods = 0;
    std::int64_t pods_max = 0;
    Amounts allocatable;
    Amounts used;
    Amounts filled;  // with the filler for containers that request nothing
    std::vector<std::int64_t> extended_left;
    std::vector<HostPort> ports;
    std::string name;
    std::string host;                // value of its label, if it has one
    const Labels* labels = nullptr;  // one of label_sets_
    std::vector<Taint> taints;
  };

  struct ShapeEntry {
    SchedulingNode view;  // without names that no class asks for
    bool has_host = false;
    std::int64_t nodes = 0;
  };

  /// What the labels and taints of a shape mean to a class.
  struct ShapeFit {
    bool refused = false;
    std::int64_t preferred = 0;
    std::int64_t unwelcome = 0;
    bool has_hard_keys = true;        // of all hard constraints
    bool has_soft_keys = true;        // of all soft ones, if they are the pod's own
    std::vector<bool> hard_included;  // by constraint: its pods are counted
    std::vector<bool> soft_included;
  };

  struct Spread {
    SpreadConstraint constraint;
    bool host = false;
    std::int64_t self = 0;
    std::vector<Class> counted;
  };

  /// Pods by class that mean something at a topology key.
  struct KeyClasses {
    std::string key;
    bool host = false;
    std::vector<std::pair<Class, std::int64_t>> classes;  // with weights
  };

  /// What holds for one attempt, worked out once.
  struct Attempt {
    Class of = 0;
    std::vector<char> shape_passes;
    std::vector<char> shape_hopeless;
    struct HostLimit {
      const Spread* spread = nullptr;
      std::size_t index = 0;
      std::int64_t most = 0;
    };
    std::vector<HostLimit> host_limits;
    std::vector<const KeyClasses*> host_forbidden;
    bool host_wanted = false;  // on the very node
    bool per_node = false;     // something must be asked of each node
  };

  /// What pods on one node mean to a class.
  struct Local {
    std::uint32_t version = 0;  // of the node
    Shape shape = 0;
    std::int32_t score = 0;  // by resources, with their weights
    bool room = false;
  };

  /// What one choice knows of a shape.
  struct ShapePlan {
    std::int64_t found = 0;  // feasible nodes
    std::int64_t fixed = 0;  // part of their totals that is the same for all of them
    bool spreads = false;    // soft constraints count for them
    // Uneven spreading with so many pods on the node, for the numbers last met.
    std::array<std::int32_t, 4> last_pods = {-1, -1, -1, -1};
    std::array<std::int64_t, 4> last_raw = {};
  };

  /// What one soft constraint adds for nodes of a shape.
  struct Term {
    bool counts = false;
    bool by_host = false;
    double weight = 0;
    double skew = 0;
    double whole = 0;  // not by host: all of it
  };

  struct ClassEntry {
    SchedulingPod pod;
    Amounts request;
    Amounts filled;
    std::vector<std::pair<std::size_t, std::int64_t>> extended;
    std::vector<HostPort> ports;
    std::vector<std::size_t> images;
    bool balanced = false;
    std::vector<ShapeFit> fits;  // by shape
    // What the classes that are known mean to this one.
    std::size_t known = 0;
    std::vector<Spread> hard;
    std::vector<Spread> soft;
    std::vector<KeyClasses> forbidden;
    std::vector<KeyClasses> preferred;
    KeyClasses wanted;  // at any key: selected by all terms of required affinity
    bool wants_itself = false;
    std::optional<Attempt> steady;  // where no other pod has a say
    // Pods of this class.
    std::vector<std::int32_t> live;  // by node
    std::vector<std::int32_t> all;
    std::vector<std::int64_t> live_in;  // by shape
    std::vector<std::int64_t> all_in;
    std::vector<Local> locals;  // by node
  };

  /// Values of a topology key. Without the key a shape is in the domain of the empty value.
  struct Domains {
    std::map<std::string, std::size_t> ids = {{"", 0}};
    std::vector<std::size_t> of_shape;
    std::vector<char> has_key;
  };

  struct ImageEntry {
    std::vector<std::int64_t> size_on;  // by node; kAbsent
    std::int64_t nodes = 0;
  };

  struct Nomination {
    std::uint32_t pod = 0;
    Node node = 0;
    Class of = 0;
  };

  // scheduler_cache.cpp
  Shape shape_of(const NodeEntry& node);
  void reshape(Node id);
  void change_pods(Node id, Class of, std::int32_t live, std::int32_t all);
  bool note_names(const SchedulingPod& pod);
  std::size_t image_number(const std::string& name);
  std::size_t extended_number(const std::string& name);
  // scheduler_cache_classes.cpp
  void learn(Class of);
  ShapeFit shape_fit(const ClassEntry& entry, const SchedulingNode& view) const;
  void learn_class(ClassEntry& entry, Class other);
  const Domains& domains_of(const std::string& key);
  std::vector<std::int64_t> domain_sums(const Domains& domains, const KeyClasses& counted) const;
  // scheduler_cache_filters.cpp
  const Attempt& attempt_for(Class of);
  Attempt begin_attempt(Class of);
  void limit_spread_on_hosts(Attempt& attempt, std::size_t index);
  void limit_spread(Attempt& attempt, std::size_t index);
  void forbid(Attempt& attempt);
  void want(Attempt& attempt);
  std::int64_t live_on(const std::vector<Class>& classes, Node id) const;
  static bool has_room(const ClassEntry& entry, const NodeEntry& node);
  bool passes(const Attempt& attempt, Node id) const;
  bool passes_per_node(const Attempt& attempt, Node id) const;
  bool passes_nominated(Class of, Node id, std::optional<std::uint32_t> pod);
  // scheduler_cache_scores.cpp
  std::vector<std::int64_t> spread_part(Class of, const std::vector<Node>& feasible);
  std::vector<std::int64_t> affinity_part(Class of, const std::vector<Node>& feasible);
  std::vector<std::int64_t> live_in_domains(const ClassEntry& entry, std::size_t index,
                                            const Domains& domains) const;
  std::int64_t locality_on(const ClassEntry& entry, Node id);
  // scheduler_cache_choice.cpp
  const Local& local_on(ClassEntry& entry, Node id);
  void search(Class of);
  void plan_shapes(const ClassEntry& entry);
  void plan_spread(const ClassEntry& entry, std::int64_t scored);
  std::int64_t raw_spread(const ClassEntry& entry, Shape shape, Node id) const;
  std::int64_t locality_of(const ClassEntry& entry, Node id);
  const std::vector<std::int32_t>* live_of_spread(const ClassEntry& entry) const;
  std::pair<std::int64_t, std::int64_t> measure_spread(const ClassEntry& entry);
  std::int64_t spread_score(std::int64_t raw, std::int64_t least, std::int64_t most);

  std::vector<ClassEntry> classes_;
  std::vector<NodeEntry> nodes_;
  std::vector<std::uint32_t> versions_;  // by node: grow with each change of its pods or its shape
  std::set<Labels> label_sets_;          // of nodes, kAnyHost for their host's name
  std::vector<ShapeEntry> shapes_;
  std::map<std::string, Shape> shape_ids_;
  std::set<std::string> names_;  // that classes ask for
  bool all_names_ = false;
  std::map<std::string, Domains> domains_;
  std::unordered_map<std::string, std::size_t> image_ids_;
  std::vector<ImageEntry> images_;
  std::map<std::string, std::size_t> extended_ids_;
  std::vector<PresentImage> present_;  // of the node that is scored
  Attempt attempt_;                    // the last one that is not steady
  // Of the last choice.
  std::vector<Node> found_;
  std::vector<Node> best_;
  std::vector<std::int64_t> spread_;  // by found node
  std::vector<ShapePlan> plans_;      // by shape
  std::vector<Term> terms_;           // by shape, then soft constraint
  static constexpr std::size_t kSpreadTable = 64;
  static constexpr std::int64_t kUnknown = -1;
  std::array<std::int64_t, kSpreadTable> spread_scores_{};  // by raw score above the least
  std::int64_t locality_size_ = kAbsent;
  std::int64_t locality_ = 0;  // of an image of that size
  std::vector<Nomination> nominations_;
  NodeOrder order_;
  std::size_t next_start_ = 0;
  std::uint64_t openings_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace pullsim
