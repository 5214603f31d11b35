#!/usr/bin/env bash
# From a fresh copy of the project to a trained model, its bits per dimension and a grid of samples.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: tools/quickstart.sh [--run DIR] [OPTION…]

Installs what is needed, builds the program, trains the small model of configs/quickstart.cfg on a data set that comes with
the project, and shows its bits per dimension and samples. Run it again after an interruption: training goes on from the
last checkpoint.

  --run DIR   where the results go; default: results/quickstart
Further options go to `veil train`, for example --train.steps=200
TEXT
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/common.sh
source "$root/tools/common.sh"

run=$root/results/quickstart
case ${1:-} in
  -h | --help) usage && exit 0 ;;
  --run) run=${2:?"--run wants a folder"} && shift 2 ;;
esac

# "3.2140 ± 0.0120 bits/dim (95 % confidence, 1000 of 10000 examples of fashion-mnist, test)" from evaluation.json.
figure() {
  python3 -I - "$1" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
low, high = report["confidence_low"], report["confidence_high"]
spread = "" if low is None or high is None else f" ± {(high - low) / 2:.4f}"
of_all = f" of {report['dataset_size']}" if report["examples"] < report["dataset_size"] else ""
print(f"{report['bits_per_dim']:.4f}{spread} bits/dim (95 % confidence, {report['examples']}{of_all} examples of "
      f"{report['dataset']}, {report['split']})")
PYTHON
}

"$root/tools/build.sh"
veil=$root/build/release/bin/veil
status=0
"$veil" train --config "$root/configs/quickstart.cfg" --run "$run" "$@" || status=$?
if ((status == 75)); then
  say "stopped; what was learnt is saved in $run. Run tools/quickstart.sh again to go on."
fi
((status == 0)) || exit "$status"

printf '\n  result   %s\n' "$(figure "$run/evaluation.json")"
printf '  samples  %s\n' "$run/samples.png"
printf '  report   %s (opens in a browser)\n\n' "$run/report.html"
printf 'Next, draw more samples of your model:\n'
printf '  %q sample --model %q --count 64 --grid more.png\n' "$veil" "$run"
