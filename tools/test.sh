#!/usr/bin/env bash
# Builds everything and runs the tests.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: tools/test.sh [--fast | --sanitize] [CTEST-OPTION…]

  --fast       leaves out the tests labelled slow and install
  --sanitize   builds with the address and undefined-behaviour sanitizers (build/asan) and runs the tests in that build

Further options go to ctest, for example: tools/test.sh -R base -V
TEXT
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/common.sh
source "$root/tools/common.sh"

preset=release
labels=()
case ${1:-} in
  --fast) labels=(--label-exclude 'slow|install') && shift ;;
  --sanitize) preset=asan && shift ;;
  -h | --help) usage && exit 0 ;;
esac

"$root/tools/setup.sh"
cd -- "$root"
configure "$preset"
cmake --build --preset "$preset" --parallel "$(job_count)"
exec ctest --preset "$preset" "${labels[@]}" "$@"
