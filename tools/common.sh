# Functions that the scripts beside this file share. To be sourced, not run.
# shellcheck shell=bash

say() { printf 'veil: %s\n' "$*" >&2; }

die() {
  printf 'veil: error: %s\n' "$*" >&2
  exit 1
}

# Compilers to run at once: one per core, but no more than memory holds. A source that includes LibTorch takes up to 2 GB.
job_count() {
  local cores memory_gb jobs
  cores=$(nproc)
  memory_gb=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  jobs=$((memory_gb / 2 < cores ? memory_gb / 2 : cores))
  echo "${VEIL_JOBS:-$((jobs > 0 ? jobs : 1))}"
}

# The options of a configure step that set-up has to know of are read from the command line too, so that
# `tools/build.sh -DVEIL_CUDA=ON` fetches what that needs.
read_configure_options() {
  local option
  for option in "$@"; do
    case $option in
      -DVEIL_CUDA=*) export VEIL_CUDA=${option#*=} ;;
      -DVEIL_TORCH_ROOT=* | -DVEIL_TORCH_ROOT:PATH=*) export VEIL_TORCH_ROOT=${option#*=} ;;
      -DCMAKE_PREFIX_PATH=* | -DCMAKE_PREFIX_PATH:PATH=*) export CMAKE_PREFIX_PATH=${option#*=} ;;
    esac
  done
}

# configure PRESET [OPTION…]: run from the project's folder, after tools/setup.sh.
configure() {
  local preset=$1
  shift
  local options=()
  [[ -z ${VEIL_CUDA:-} ]] || options+=("-DVEIL_CUDA=$VEIL_CUDA")
  [[ -z ${VEIL_TORCH_ROOT:-} ]] || options+=("-DVEIL_TORCH_ROOT=$VEIL_TORCH_ROOT")
  [[ -z ${VEIL_WERROR:-} ]] || options+=("-DVEIL_WERROR=$VEIL_WERROR")
  cmake --preset "$preset" "${options[@]}" "$@"
}
