#!/bin/sh
# cppcheck.sh BUILD [PATH...]: cppcheck over what BUILD compiles, or of that what matches a path (host/store); exit 1
# where it finds anything. What it is not asked for, and why, stands in cppcheck.txt. BUILD keeps what it knows of each
# file: the first time takes 40 s of one core, the next one 6 s.
set -euf
build=$(CDPATH='' cd -- "$1" && pwd)
shift
cd "$(dirname -- "$0")/../.."
filters=$(printf -- ' --file-filter=*%s*' "$@")
[ $# -gt 0 ] || filters=''
mkdir -p "$build/cppcheck"
# shellcheck disable=SC2086
exec nice cppcheck --project="$build/compile_commands.json" --cppcheck-build-dir="$build/cppcheck" -j "$(nproc)" \
  --quiet --enable=warning,style,performance,portability --library=posix,gnu,googletest,sqlite3,openssl,boost,libcurl \
  --inline-suppr --suppressions-list=tests/tidy/cppcheck.txt --error-exitcode=1 $filters \
  --template='{file}:{line}:{column}: {severity}: {message} [{id}]'
