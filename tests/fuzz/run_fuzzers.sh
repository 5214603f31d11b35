#!/usr/bin/env bash
# Runs libFuzzer on the readers of files: tests/fuzz/run_fuzzers.sh SECONDS [TARGET…]. Needs clang. What it finds lies in
# build/fuzz/found; new inputs stay in build/fuzz/corpus, so a later run goes on from there. Without names, all targets.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
[[ ${1:-} =~ ^[0-9]+$ ]] || { echo "usage: tests/fuzz/run_fuzzers.sh SECONDS [TARGET…]" >&2 && exit 2; }
seconds=$1
shift
mapfile -t all < <(ls "$root/tests/fuzz/corpus")
targets=("$@")
[[ $# -gt 0 ]] || targets=("${all[@]}")

cd -- "$root"
cmake --preset fuzz
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"
mkdir -p build/fuzz/found
status=0
for target in "${targets[@]}"; do
  mkdir -p "build/fuzz/corpus/$target"
  echo "== $target: $seconds s"
  # Symbols of LibTorch are not instrumented, so their containers cannot be checked across the border.
  ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:allocator_may_return_null=0 \
    "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3072 -malloc_limit_mb=2048 \
    -max_len=300000 -print_final_stats=1 -artifact_prefix="build/fuzz/found/$target-" \
    "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target" \
    2>"build/fuzz/$target.log" || { status=1 && tail -n 40 "build/fuzz/$target.log"; }
  grep -E "stat::(number_of_executed_units|peak_rss_mb)|DONE|cov:" "build/fuzz/$target.log" | tail -n 4
done
exit "$status"
