#!/usr/bin/env bash
# Builds the program with CUDA, as tools/build.sh does by itself where there is an NVIDIA GPU, in a copy of the project whose
# path has blanks, and starts it. No GPU is needed: what is shown is that it builds, links and says clearly what is missing.
#
# Usage: tests/forms/cuda_form.sh     the copy is build/veil with cuda, and stays: LibTorch with CUDA takes 5 GB in it
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/common.sh
source "$root/tools/common.sh"

copy="$root/build/veil with cuda"
mkdir -p -- "$copy"
find "$copy" -mindepth 1 -maxdepth 1 ! -name .venv ! -name build -exec rm -rf -- {} +
tar -C "$root" --exclude=./build --exclude=./.venv --exclude=./.git --exclude='./results/*' -cf - . | tar -C "$copy" -xf -

# expect CODE PATTERN COMMAND…: the exit code, and a pattern that the whole output has to match.
expect() {
  local code=$1 pattern=$2 output status=0
  shift 2
  output=$("$@" 2>&1) || status=$?
  if ((status != code)) || ! grep -qE -- "$pattern" <<<"$output"; then
    die "$* ended with $status, want $code, and printed what does not match \"$pattern\":"$'\n'"$output"
  fi
}

# Not optimized, which takes a third less time: what is fast is not looked at here.
env -u VEIL_WERROR VEIL_CUDA=ON "$copy/tools/build.sh" -DCMAKE_CXX_FLAGS_RELEASE=-DNDEBUG
if grep -q -- -Werror "$copy/build/release/compile_commands.json"; then
  die "a user's build takes warnings for errors, and a newer compiler warns of other things"
fi
veil=$copy/build/release/bin/veil
expect 0 '^CUDA yes, [0-9]+ devices?$' "$veil" --version
if ! "$veil" --version | grep -q '^CUDA yes, 0 '; then
  say "there is a GPU here; its absence is not tried"
else
  expect 2 'device.name is "cuda", but this machine shows 0 CUDA devices to this build; use --device.name=cpu' \
    "$veil" bench evaluate --device.name=cuda
fi
expect 0 ' bits/dim' "$veil" evaluate --model "$copy/models/fashion-mnist.safetensors" --data "$copy/datasets/fashion-mnist" --limit 8
say "the form with CUDA builds, starts and computes on the CPU"
