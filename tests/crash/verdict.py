"""Whether a run of the crash harness kept what was promised: the faults that its evidence shows. Pure functions."""

import collections
import dataclasses
import itertools

from traffic import ENDS, UNSHOWN, tag_of

Fault = collections.namedtuple("Fault", "kill text")  # kill: the number of the kill that it is about; 0: of none
Sighting = collections.namedtuple("Sighting", "life tag token attempt at_s")
UNSETTLED = ("pending", "dispatching")
HELD = "uncertain"


@dataclasses.dataclass
class Evidence:
    """At rest: after the last start, when nothing was left to be done."""
    policy: str                                    # resend or hold
    journal: object                                # Journal
    records: list                                  # every message as the REST API shows it
    sightings: list                                # in the order in which the witness wrote them
    flights: dict = dataclasses.field(default_factory=dict)  # kill → {(tag, attempt)} that a provider had then

    def __post_init__(self):
        self.by_tag = {}  # tag → its records
        for record in self.records:
            self.by_tag.setdefault(tag_of(record["body"]), []).append(record)
        self.seen = {}  # (tag, attempt) → its sightings
        for sighting in self.sightings:
            self.seen.setdefault((sighting.tag, sighting.attempt), []).append(sighting)
        self.uncertain = set().union(*self.flights.values()) if self.flights else set()

    def kill_of(self, tag):
        """That ended the life which accepted it: kills are numbered as the lives that they end."""
        return self.journal.accepted_in.get(tag, 0)


def judge(evidence):
    """Every fault, message by message."""
    rules = (judge_acknowledged, judge_presence, judge_ends, judge_accounts, judge_doubles, judge_tokens,
             judge_resent if evidence.policy == "resend" else judge_held, judge_providers, judge_cancelled)
    return list(itertools.chain(*(rule(evidence) for rule in rules)))


def judge_acknowledged(evidence):
    """Whatever got a 202 is there under that id, as it was sent; the same key never got a second id."""
    for tag, ids in evidence.journal.acknowledged.items():
        kill = evidence.kill_of(tag)
        request = evidence.journal.requests[tag]
        if len(set(ids)) > 1:
            yield Fault(kill, f"{tag} (key {request.key}): acknowledged as {sorted(set(ids))}, expected one id")
        records = evidence.by_tag.get(tag, ())
        record = next((record for record in records if record["id"] == ids[0]), None)
        if record is None:
            found = [record["id"] for record in records]
            yield Fault(kill, f"{tag}: acknowledged as {ids[0]} and lost; messages of this tag: {found}")
            continue
        for name, value in request.fields.items():
            if name not in UNSHOWN and record.get(name) != value:
                yield Fault(kill, f"{tag} ({ids[0]}): {name} is {record.get(name)!r:.200}, sent was {value!r:.200}")
        channel = request.fields.get("type", "email")
        if record["channel"] != channel:
            yield Fault(kill, f"{tag} ({ids[0]}): channel {record['channel']}, sent as {channel}")


def judge_presence(evidence):
    """Nobody's message is there, none twice, and none that was refused."""
    for tag, records in evidence.by_tag.items():
        ids = [record["id"] for record in records]
        if tag not in evidence.journal.requests:
            yield Fault(0, f"{ids}: a message that nobody sent: {records[0]['body'][:60]!r}")
        elif len(ids) > 1:
            yield Fault(evidence.kill_of(tag), f"{tag} (key {evidence.journal.requests[tag].key}): "
                                               f"{len(ids)} messages {ids}, expected at most one")
        elif tag in evidence.journal.refused:
            yield Fault(0, f"{tag}: refused with 503, and yet there as {ids}")


def judge_ends(evidence):
    """None is stuck, and each came to an end that its fate allows."""
    for tag, records in evidence.by_tag.items():
        request = evidence.journal.requests.get(tag)
        if request is None:
            continue
        for record in records:
            status, kill = record["status"], evidence.kill_of(tag)
            about = f"{tag} ({record['id']}, {request.fate})"
            if status in UNSETTLED:
                flights = [k for k, flying in evidence.flights.items() if any(t == tag for t, _ in flying)]
                yield Fault(kill, f"{about}: stuck as {status}; in flight at the kills {flights}")
            elif status not in ends_of(request, record, evidence):
                yield Fault(kill, f"{about}: {status} ({record['error_code']}), expected "
                                  f"{' or '.join(ends_of(request, record, evidence))}")
            elif tag in evidence.journal.confirmed and status == "dispatched":
                yield Fault(kill, f"{about}: its receipt was answered 200, and it is not delivered")


def has_ttl(evidence, tag):
    return "ttl_seconds" in evidence.journal.requests[tag].fields


def ends_of(request, record, evidence):
    if request.kind == "inbound":
        return ("received",)
    ends = ENDS[request.fate]
    if has_ttl(evidence, request.tag):
        ends += ("expired",)
    if request.tag in evidence.journal.cancelled:
        return ("cancelled",)
    if request.tag in evidence.journal.cancel_tried:
        ends += ("cancelled",)
    if evidence.policy == "hold" and record["error_code"] == HELD:
        ends += ("failed",)  # judge_held says whether it may be
    return ends


def judge_accounts(evidence):
    """accepted = dispatched + delivered + failed + expired + cancelled, and what came in is received."""
    counts = collections.Counter(record["status"] for record in evidence.records)
    outbound = sum(record["direction"] == "outbound" for record in evidence.records)
    settled = sum(counts[status] for status in ("dispatched", "delivered", "failed", "expired", "cancelled"))
    if outbound != settled:
        yield Fault(0, f"{outbound} accepted, {settled} of them settled: {dict(counts)}")
    if len(evidence.records) - outbound != counts["received"]:
        yield Fault(0, f"{len(evidence.records) - outbound} inbound, {counts['received']} of them received")


def judge_doubles(evidence):
    """An attempt is seen again only where a kill between the two caught it in flight; held ones never."""
    for (tag, attempt), sightings in evidence.seen.items():
        for one, other in zip(sightings, sightings[1:]):
            between = range(one.life, other.life)
            caught = [kill for kill in between if (tag, attempt) in evidence.flights.get(kill, ())]
            if evidence.policy == "hold" or not caught:
                yield Fault(one.life, f"{tag}, attempt {attempt}: seen in life {one.life} and again in {other.life}, "
                                      f"in flight at the kills {caught} between them; policy {evidence.policy}")


def judge_tokens(evidence):
    """One dispatch token for a message at whatever attempt, and another for every other message."""
    tokens, owners = collections.defaultdict(set), collections.defaultdict(set)
    for sighting in evidence.sightings:
        tokens[sighting.tag].add(sighting.token)
        owners[sighting.token].add(sighting.tag)
    for tag, found in tokens.items():
        if len(found) > 1:
            yield Fault(evidence.kill_of(tag), f"{tag}: dispatch tokens {sorted(found)}, expected one")
    for token, tags in owners.items():
        if len(tags) > 1:
            yield Fault(0, f"the dispatch token {token} went with {sorted(tags)}, expected one message")


def judge_resent(evidence):
    """What was in flight at a kill went out again as the same attempt, unless its end had come by then."""
    for kill, flying in evidence.flights.items():
        for tag, attempt in flying:
            later = [sighting for sighting in evidence.seen.get((tag, attempt), ()) if sighting.life > kill]
            ended = any(record["status"] in ("expired", "cancelled") for record in evidence.by_tag.get(tag, ()))
            if not later and not ended:
                yield Fault(kill, f"{tag}: attempt {attempt} in flight at the kill, and never seen again")


def judge_held(evidence):
    """What was in flight at a kill is held, all of it and nothing else."""
    expected = {tag for tag, _ in evidence.uncertain}
    for tag, records in evidence.by_tag.items():
        held = any(record["error_code"] == HELD for record in records)
        if held != (tag in expected):
            kills = [kill for kill, flying in evidence.flights.items() if any(t == tag for t, _ in flying)]
            yield Fault(kills[0] if kills else evidence.kill_of(tag),
                        f"{tag}: {'held' if held else records[0]['status']}, in flight at the kills {kills}")
    for tag in expected - set(evidence.by_tag):
        yield Fault(0, f"{tag}: in flight at a kill, and gone")


def judge_providers(evidence):
    """Nothing counts as sent that the provider never saw, and it saw nothing that is not there."""
    seen = {tag for tag, _ in evidence.seen}
    for tag, records in evidence.by_tag.items():
        if records[0]["status"] in ("dispatched", "delivered") and tag not in seen:
            yield Fault(evidence.kill_of(tag), f"{tag}: {records[0]['status']}, and its provider never saw it")
    for tag in seen - set(evidence.by_tag):
        yield Fault(0, f"{tag}: its provider saw it, and it is not there")


def judge_cancelled(evidence):
    """What was cancelled is handed to nobody afterwards."""
    last = {}
    for sighting in evidence.sightings:
        last[sighting.tag] = max(last.get(sighting.tag, 0.0), sighting.at_s)
    for tag, at_s in evidence.journal.cancelled.items():
        if last.get(tag, 0.0) > at_s:
            yield Fault(evidence.kill_of(tag), f"{tag}: handed to its provider {last[tag] - at_s:.3f} s after its "
                                               "cancel was answered")


def judge_released(evidence, released, after, sightings):
    """Held messages that an operator let go: sent once more, as the same attempt with the same token, and settled.
    `after`: tag → its record then; `sightings`: all until then."""
    before = collections.Counter(sighting.tag for sighting in evidence.sightings)
    tokens = {sighting.tag: sighting.token for sighting in evidence.sightings}
    fresh = collections.defaultdict(list)
    for sighting in sightings[len(evidence.sightings):]:
        fresh[sighting.tag].append(sighting)
    attempts = dict(evidence.uncertain)
    for tag in released:
        record = after.get(tag)
        if record is None or record["status"] in UNSETTLED or record["error_code"] == HELD:
            found = record and (record["status"], record["error_code"])
            yield Fault(0, f"{tag}: released, and found as {found}, expected settled")
        if not fresh[tag] and record and record["status"] == "expired" and has_ttl(evidence, tag):
            continue  # its whole time-to-live, from its release on, was over before its turn came
        if not fresh[tag] or fresh[tag][0].attempt != attempts[tag]:
            yield Fault(0, f"{tag}: released, seen {before[tag]} times before and as the attempts "
                           f"{[s.attempt for s in fresh[tag]]} since, expected to begin with {attempts[tag]}")
        if len({s.attempt for s in fresh[tag]}) != len(fresh[tag]):
            yield Fault(0, f"{tag}: released, and an attempt seen twice: {[s.attempt for s in fresh[tag]]}")
        if tag in tokens and any(s.token != tokens[tag] for s in fresh[tag]):
            yield Fault(0, f"{tag}: released with the tokens {[s.token for s in fresh[tag]]}, before {tokens[tag]}")
    for tag in set(fresh) - set(released):
        yield Fault(0, f"{tag}: seen {len(fresh[tag])} times after the release, and was not held")
