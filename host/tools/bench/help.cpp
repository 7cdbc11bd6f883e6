#include "tools/bench/help.h"

namespace herald::tools::bench {

std::string help_text() {
  return R"(herald bench [URL] [OPTION...]: sends requests to a running host and tells how it answered.

Examples
  herald bench                                ten seconds, 64 connections, http://127.0.0.1:8080
  herald bench --mix b --duration 60          1 KB texts, each with an idempotency key of its own
  herald bench --rate 5000 --duration 60      what users feel at 5,000 messages a second
  herald bench --connections 1 --requests 1000
  herald bench http://127.0.0.1:9000 --api-key @key.txt --json -
  herald bench --get paths.txt                reads: the file has a path on each line

Every request is a real message: a host that dispatches sends it through its providers. Aim at a
host with the mock providers, on a data folder of its own, and switch its rate limits off:

  herald --data-dir ./bench-data --rate-limit-per-ip-per-min 0 --rate-limit-per-sender-per-min 0

Closed or open loop
  Without --rate each connection sends as soon as it has its answer: the most that the host takes
  from so many clients. Its latencies hold for that number of clients and for nothing else: when the
  host stalls, nobody sends.
  With --rate requests are due at a steady rate, whatever the answers do, as they are when the
  clients are people. One that finds no free connection waits for one, and every latency counts from
  the moment when the request was due, so that a stall shows in all that it held up. A good rate to
  look at is half of what the closed loop shows.

Options
  URL              http://HOST[:PORT][/PATH] (http://127.0.0.1:8080; /api/messages/sms)
  --mix a|b        a (the default): small SMS from 1,000 senders to 9,000 recipients, without keys;
                   b: texts of 1,024 bytes in 100,000 conversations, a random Idempotency-Key with
                   each
  --get FILE       reads, drawn at random from the paths in FILE, in place of messages
  --connections N  1 to 10000, kept alive, at most one request on each (64)
  --rate N         requests a second, 0.01 to 1000000: the open loop
  --duration N     seconds, 1 to 86400 (10)
  --requests N     ends after so many in place of --duration
  --warmup N       seconds before --duration that do not count (0)
  --timeout N      seconds that a request may take, 1 to 3600 (10)
  --seed N         the same requests again; without it a new seed is taken, and shown. Mix b on the
                   same data folder needs a new one: keys that were seen are answered, not accepted
  --api-key KEY    for a host with keys; @FILE reads it from the first line of FILE, for what stands
                   in a flag can be read by every user of the machine
  --json FILE      a report for programs; "-" writes it in place of the readable one. Members: url,
                   requests, body_bytes, loop, rate_per_s, connections, seed, warmup_s, elapsed_s,
                   interrupted, sent, answered_2xx, per_s, replayed, other_answers (by status),
                   unanswered (timeout, closed, malformed, unsent), reconnected, latency_ms (p50,
                   p90, p99, p99.9, max, mean)

The report
  Only answers of 2xx count in the rate. Others stand beneath it by their status, and requests
  without an answer by what became of them. The latencies are those of the 2xx, and of requests that
  timed out or were due and never sent: these with the time that they had waited. Ctrl-C ends a run
  early and shows what there is. The generator needs about as much of the processor as it takes to
  read and write its requests: on the machine of the host it takes that from the host.

Exit status
  0  every request was answered with 2xx
  1  some were not, or nothing answers there
  2  the command line is wrong, or a file cannot be read or written
)";
}

}  // namespace herald::tools::bench
