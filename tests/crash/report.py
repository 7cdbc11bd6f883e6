"""What a run of the crash harness prints."""

import collections
import time

SHOWN_FAULTS = 30


def print_report(run):
    evidence, journal = run.evidence, run.journal
    kinds = collections.Counter(run.moments)
    statuses = collections.Counter(record["status"] for record in evidence.records)
    again = {key: seen for key, seen in evidence.seen.items() if len(seen) > 1}
    extra = sum(len(seen) - 1 for seen in again.values())
    caught = sum(any(key in run.flights[kill] for kill in range(seen[0].life, seen[-1].life))
                 for key, seen in again.items())
    present = sum(tag in evidence.by_tag for tag in journal.cut_off - set(journal.acknowledged))
    took = time.monotonic() - run.began
    print(f"  kills          {len(run.moments)}: "
          + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    print(f"  acknowledged   {len(journal.acknowledged)} ({len(journal.acknowledged) / took:.0f} a second), "
          f"{journal.replayed} answers replayed from their key")
    known = len(journal.cut_off & set(journal.acknowledged))
    print(f"  not answered   {len(journal.cut_off)} requests, {known} of them acknowledged when asked again; "
          f"of the others {present} are there; {len(journal.refused)} refused with 503")
    print(f"  in flight      {sum(map(len, run.flights.values()))} at {sum(map(bool, run.flights.values()))} kills, "
          f"at most {max(map(len, run.flights.values()), default=0)} at one")
    print(f"  seen           {len(evidence.sightings)} attempts, {extra} of them again: {len(again)} attempts twice or "
          f"more, {caught} of these in flight at a kill")
    if run.arguments.policy == "hold":
        print(f"  held           {len({tag for tag, _ in evidence.uncertain})}, {run.released} listed and let go")
    print("  ends           " + ", ".join(f"{count} {status}" for status, count in statuses.most_common()))
    ready = sorted(run.ready_s)
    print(f"  ready          {len(ready)} starts, p50 {ready[len(ready) // 2] * 1000:.0f} ms, "
          f"p99 {ready[len(ready) * 99 // 100] * 1000:.0f} ms, most {ready[-1] * 1000:.0f} ms")
    print(f"  took           {took:.0f} s")


def print_faults(run):
    arguments = run.arguments
    for fault in run.faults[:SHOWN_FAULTS]:
        print(f"FAULT seed {arguments.seed}, kill {fault.kill or '-'} of {arguments.kills}: {fault.text}")
    print(f"{len(run.faults)} faults with --seed {arguments.seed} --kills {arguments.kills} --policy "
          f"{arguments.policy}; data, logs, the clients' journal and what the providers saw are kept in {run.folder}")
