#include "store/batch_claims.h"

#include <gtest/gtest.h>

namespace herald::store {
namespace {

using base::MessageId;
using Claims = std::vector<MessageClaim>;

TEST(BatchClaims, WhatABatchClaimedIsUnanswered) {
  BatchClaims claims;
  claims.claimed({MessageId{2}, 1});
  claims.claimed({MessageId{1}, 4});
  EXPECT_EQ(claims.unanswered(), (Claims{{MessageId{2}, 1}, {MessageId{1}, 4}}));
}

TEST(BatchClaims, WhatALaneGaveBackIsNotAmongThem) {
  BatchClaims claims;
  claims.released(MessageId{9});
  claims.released(MessageId{1});
  claims.claimed({MessageId{1}, 1});
  claims.claimed({MessageId{2}, 1});
  EXPECT_EQ(claims.unanswered(), (Claims{{MessageId{2}, 1}}));
}

TEST(BatchClaims, ForgetsWhatWasAnswered) {
  BatchClaims claims;
  claims.released(MessageId{2});
  claims.claimed({MessageId{1}, 1});
  claims.clear();
  claims.claimed({MessageId{2}, 1});
  EXPECT_EQ(claims.unanswered(), (Claims{{MessageId{2}, 1}}));
}

}  // namespace
}  // namespace herald::store
