// Transactions one after the other; see the header.
#include "models/metadata_store.hpp"

namespace pullsim {

void MetadataStore::run(std::uint32_t transactions, Duration each, Callback done) {
  if (transactions == 0 || each == Duration{0}) {
    done();
    return;
  }
  callers_.push_back({transactions, each, done});
  if (callers_.size() == 1) begin();
}

void MetadataStore::begin() {
  engine_.in(callers_.front().each, "transaction made", [this] { end(); });
}

void MetadataStore::end() {
  Caller caller = callers_.front();
  callers_.pop_front();
  const bool last = --caller.left == 0;
  if (!last) callers_.push_back(caller);
  if (!callers_.empty()) begin();
  if (last) caller.done();
}

}  // namespace pullsim
