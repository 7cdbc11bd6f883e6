"""check.py includes|files ROOT: holds a tree to the rules; every finding on a line, exit 1 when there is one."""

import sys

import file_rules
import include_rules
from source_tree import SourceTree

RULES = {"includes": include_rules, "files": file_rules}


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in RULES:
        print(__doc__, file=sys.stderr)
        return 2
    tree = SourceTree(arguments[1])
    if not tree.cpp("host"):
        print(f"{arguments[1]}:1: found no source in host/; expected the project's root", file=sys.stderr)
        return 2
    findings = sorted(set(RULES[arguments[0]].check(tree)))
    for finding in findings:
        print(finding)
    print(f"{len(tree.files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
