"""Messages and their replies: 10,000 pairs, every address written in another way each time it appears.

A pair is grouped rightly when the message and its reply are the only two of one conversation, in that order. Prints the
share by how the replying address was written, and fails below 95 %.
"""

import argparse
import collections
import itertools
import random
import sys

import spellings
from clients import Clients, print_table
from herald_host import HeraldHost
from inputs import gather

PAIRS = 10_000
SHARE = 0.95
SHOPS = 20  # addresses of ours, each talking to many people
KINDS = ("sms", "email", "mms", "email", "sms")

# `how` is the way in which the reply writes its sender; ids are filled in as they come.
Pair = collections.namedtuple("Pair", "number kind sent reply how")


def compose_pairs(count, seed):
    dice = random.Random(seed)
    kinds = list(itertools.islice(itertools.cycle(KINDS), count))
    phones = iter(spellings.numbers(sum(kind != "email" for kind in kinds) + SHOPS))
    shops = [next(phones) for _ in range(SHOPS)]
    texts = [text for language in sorted(gather().texts.items()) for text in language[1]]
    pairs = []
    for number, kind in enumerate(kinds):
        if kind == "email":
            ours, theirs, write = f"shop.{number % SHOPS}@example.com", f"jo.{number}@example.org", spellings.of_mailbox
        else:
            ours, theirs, write = shops[number % SHOPS], next(phones), spellings.of_number
        how, answering = write(theirs, dice)
        sent = {"from": write(ours, dice)[1], "to": write(theirs, dice)[1], "body": texts[number % len(texts)]}
        reply = {"from": answering, "to": write(ours, dice)[1], "body": texts[(number + 1) % len(texts)]}
        if kind != "email":
            sent["type"] = reply["type"] = kind
        if kind == "mms":
            sent["attachments"] = reply["attachments"] = [f"https://media.example.com/{number}.jpg"]
        pairs.append(Pair(number, kind, sent, reply, how))
    return pairs


class Replies(Clients):
    def __init__(self, host):
        super().__init__(host)
        self.sent = {}
        self.replied = {}

    def send(self, connection, pair):
        path = "/api/messages/" + ("email" if pair.kind == "email" else "sms")
        message_id = self.accept(connection, path, pair.sent)
        with self.lock:
            self.sent[pair.number] = message_id

    def reply(self, connection, pair):
        """Through the carriers' webhooks, and every fourth one through the mock's own door."""
        if pair.number % 4 == 3:
            path, extra = "/api/provider/mock/inbound", {"channel": pair.kind}
        elif pair.kind == "email":
            path, extra = "/api/webhooks/email", {"xillio_id": f"mail-{pair.number}"}
        else:
            path, extra = "/api/webhooks/sms", {"messaging_provider_id": f"message-{pair.number}"}
        message_id = self.accept(connection, path, {**pair.reply, **extra})
        with self.lock:
            self.replied[pair.number] = message_id

    def conversations(self):
        """Every conversation, with the cursor."""
        found, cursor = [], ""
        while cursor is not None:
            page = self.read("/api/conversations?pageSize=50" + (f"&cursor={cursor}" if cursor else ""))
            if page is None:
                break
            found += page["items"]
            cursor = page["meta"]["next_cursor"]
        return found

    def grouped(self, conversations):
        """The messages' ids of every conversation, in its order."""
        groups = {}

        def look(connection, conversation):
            page = self.read(f"/api/conversations/{conversation['id']}/messages", connection)
            if page is None:
                return
            with self.lock:
                groups[conversation["id"]] = [item["id"] for item in page["items"]]
            if page["meta"]["total"] != conversation["message_count"]:
                self.fault(f"conversation {conversation['id']}: counts {conversation['message_count']} messages, "
                           f"lists {page['meta']['total']}")

        self.in_parallel(conversations, look)
        return groups


def judge(clients, pairs, groups):
    conversation_of = {message: ids for ids in groups.values() for message in ids}
    right, all_of = collections.Counter(), collections.Counter()
    wrong = []
    for pair in pairs:
        place = (pair.kind, pair.how)
        all_of[place] += 1
        expected = [clients.sent.get(pair.number), clients.replied.get(pair.number)]
        if None not in expected and conversation_of.get(expected[0]) == expected:
            right[place] += 1
        else:
            wrong.append(pair)
    print_table(["channel", "the reply's sender", "pairs", "grouped", "share"],
                [[*place, count, right[place], f"{100 * right[place] / count:.1f} %"]
                 for place, count in sorted(all_of.items())], texts=2)
    for pair in wrong[:5]:
        print(f"  not grouped: {pair.kind} {pair.sent['from']!r} to {pair.sent['to']!r}, reply from "
              f"{pair.reply['from']!r} to {pair.reply['to']!r}")
    return sum(right.values()) / len(pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"messages with a reply (default {PAIRS})")
    parser.add_argument("--seed", type=int, default=7, help="of the spellings (default 7)")
    arguments = parser.parse_args()
    pairs = compose_pairs(arguments.pairs, arguments.seed)
    with HeraldHost(arguments.herald) as host:
        clients = Replies(host)
        clients.in_parallel(pairs, clients.send)
        clients.in_parallel(pairs, clients.reply)
        conversations = clients.conversations()
        if len({conversation["id"] for conversation in conversations}) != len(conversations):
            clients.fault("a conversation came twice while paging")
        share = judge(clients, pairs, clients.grouped(conversations))
        print(f"\n  {len(pairs)} pairs, {len(conversations)} conversations, {100 * share:.2f} % grouped rightly")
        if share < SHARE:
            clients.fault(f"{100 * share:.2f} % grouped rightly, at least {100 * SHARE:.0f} % expected")
        return clients.finish("Messages and replies have found each other")


if __name__ == "__main__":
    sys.exit(main())
