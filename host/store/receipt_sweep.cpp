#include "store/receipt_sweep.h"

#include "store/database.h"
#include "store/receipt_book.h"
#include "store/transaction.h"

namespace herald::store {

ReceiptSweep::ReceiptSweep(Database& database, ReceiptBook& book, const base::Clock& clock, observe::Log& log)
    : database_(database), book_(book), clock_(clock), log_(log) {}

void ReceiptSweep::run_if_due() {
  const auto mono = clock_.mono();
  if (next_ && mono < *next_) return;
  next_ = mono + kInterval;
  const auto now = clock_.wall();
  if (!book_.has_old(now)) return;
  Transaction transaction(database_);
  const auto removed = book_.remove_old(now, kMostOfAStep);
  transaction.commit();
  if (removed == kMostOfAStep) next_ = mono;
  log_.info("store.receipts_removed", {{"count", removed}, {"cause", "no message settled under their ids in a week"}});
}

}  // namespace herald::store
