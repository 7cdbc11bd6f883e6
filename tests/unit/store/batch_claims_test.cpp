#include "store/batch_claims.h"

#include <gtest/gtest.h>

namespace herald::store {
namespace {

using base::MessageId;
using Ids = std::vector<MessageId>;

TEST(BatchClaims, WhatABatchClaimedIsUnanswered) {
  BatchClaims claims;
  claims.claimed(MessageId{2});
  claims.claimed(MessageId{1});
  EXPECT_EQ(claims.unanswered(), (Ids{MessageId{2}, MessageId{1}}));
}

TEST(BatchClaims, WhatALaneHadBeforeIsNotAmongThem) {
  BatchClaims claims;
  claims.left(MessageId{9});
  claims.left(MessageId{1});
  claims.claimed(MessageId{1});
  claims.claimed(MessageId{2});
  EXPECT_EQ(claims.unanswered(), Ids{MessageId{2}});
}

TEST(BatchClaims, ForgetsWhatWasAnswered) {
  BatchClaims claims;
  claims.left(MessageId{2});
  claims.claimed(MessageId{1});
  claims.clear();
  claims.claimed(MessageId{2});
  EXPECT_EQ(claims.unanswered(), Ids{MessageId{2}});
}

}  // namespace
}  // namespace herald::store
