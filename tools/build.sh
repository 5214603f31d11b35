#!/usr/bin/env bash
# Builds the program: build/release/bin/veil.
# Usage: tools/build.sh [OPTION…]     options of cmake's configure step, for example -DVEIL_CUDA=ON
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/common.sh
source "$root/tools/common.sh"

read_configure_options "$@"
"$root/tools/setup.sh"
cd -- "$root"
configure release "$@"
cmake --build --preset release --target veil --parallel "$(job_count)"
say "built $root/build/release/bin/veil"
