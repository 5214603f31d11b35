#!/usr/bin/env bash
# Installs what the build of veil needs. Safe to run again: what is there is left alone.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: tools/setup.sh [--check]

Installs what the build of veil needs:
  1. compilers and libraries, as packages of Debian 12 or Ubuntu 24.04 or newer (root or sudo without a password;
     otherwise the command to run is printed);
  2. LibTorch, from the wheel on the Python package index, into .venv in the project's folder: 0.55 GB to download with
     what a CPU program needs, 2.7 GB with all of CUDA where there is an NVIDIA GPU.
What is already there is not touched, and no network is used then.

  --check   install nothing; exit with 1 if something is missing

Environment:
  VEIL_CUDA=ON|OFF         fetch CUDA's libraries, or not, whatever this machine has
  CMAKE_PREFIX_PATH=DIR    a LibTorch 2.6 or newer of your own: .venv is not made
  VEIL_PYTHON=PROGRAM      the Python (3.10 to 3.14) that makes .venv
  PIP_INDEX_URL and other settings of pip, for mirrors
TEXT
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tools/common.sh
source "$root/tools/common.sh"

readonly TORCH="torch==2.11.0"
# libtorch_cpu.so is linked against these two, even where no GPU is used.
readonly TORCH_CPU_NEEDS=("nvidia-cuda-runtime==13.5.37" "nvidia-cuda-cupti==13.5.25")
readonly VENV="$root/.venv"
readonly STAMP="$VENV/veil-torch.stamp"     # written last: what .venv holds
readonly UNFINISHED="$VENV/veil-unfinished" # written first, removed last: .venv is ours and is not complete

# --- packages ----------------------------------------------------------------------------------------------------------

# package|what proves that it is there, whoever installed it: a command, or a header (one of several, by commas).
readonly PACKAGES=(
  "g++|command:${CXX:-g++}" # CXX and CC may hold options or a launcher
  "gcc|command:${CC:-gcc}" # CMake's module for HDF5 wants a C compiler
  "cmake|command:cmake"
  "ninja-build|command:ninja"
  "libboost-program-options-dev|boost/program_options.hpp"
  "librandom123-dev|Random123/philox.h"
  "nlohmann-json3-dev|nlohmann/json.hpp"
  "libopencv-core-dev|opencv4/opencv2/core.hpp,opencv2/core.hpp"
  "libopencv-imgproc-dev|opencv4/opencv2/imgproc.hpp,opencv2/imgproc.hpp"
  "libpng-dev|png.h"
  "libjpeg-dev|jpeglib.h"
  "libwebp-dev|webp/decode.h"
  "libstb-dev|stb/stb_image.h"
  "libhdf5-dev|hdf5/serial/hdf5.h,hdf5.h"
  "libarchive-dev|archive.h"
  "libssl-dev|openssl/evp.h"
  "zlib1g-dev|zlib.h"
  "libgtest-dev|gtest/gtest.h"
  "libgmock-dev|gmock/gmock.h"
)

header_folders() {
  tr ':' '\n' <<<"${CPATH:-}:${CPLUS_INCLUDE_PATH:-}"
  printf '%s\n' ${CONDA_PREFIX:+"$CONDA_PREFIX/include"} /usr/local/include "/usr/include/$(uname -m)-linux-gnu" /usr/include
}

has_header() {
  local header folder
  for header in ${1//,/ }; do
    while IFS= read -r folder; do
      [[ -n $folder && -e $folder/$header ]] && return 0
    done < <(header_folders)
  done
  return 1
}

missing_packages() {
  local entry proof
  for entry in "${PACKAGES[@]}"; do
    proof=${entry#*|}
    if [[ $proof == command:* ]]; then
      proof=${proof#command:}
      command -v "${proof%% *}" >/dev/null || echo "${entry%%|*}"
    else
      has_header "$proof" || echo "${entry%%|*}"
    fi
  done
  if wants_venv && ! find_python >/dev/null; then
    echo python3-venv
  fi
}

# ccache makes later builds quick, but nobody without root has to ask for it: it comes along with the others.
companions() { command -v ccache >/dev/null || echo ccache; }

as_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
  fi
}

can_be_root() { ((EUID == 0)) || sudo -n true 2>/dev/null; }

install_packages() {
  local packages=("$@")
  local by_hand="apt-get install -y --no-install-recommends ${packages[*]}"
  command -v apt-get >/dev/null || die "missing: ${packages[*]} (names of Debian's packages). There is no apt-get here;" \
    "install their counterparts of this system, then run tools/setup.sh again."
  if ! can_be_root; then
    die "missing: ${packages[*]}. Neither root nor sudo without a password is at hand; run this, then tools/setup.sh again:"$'\n'"  sudo $by_hand"
  fi
  say "fetching apt's package lists"
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 || say "apt-get update failed; trying with the lists that are here"
  say "installing with apt: ${packages[*]}"
  as_root apt-get install --assume-no --no-install-recommends "${packages[@]}" 2>/dev/null | grep -E '^(Need to get|After this)' >&2 || true
  as_root apt-get install -y -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends "${packages[@]}" >/dev/null ||
    die "apt-get failed (see above). The command was: $by_hand"
}

# want_version NAME HAVE WANT
want_version() {
  [[ $(printf '%s\n' "$3" "$2" | sort -V | head -n 1) == "$3" ]] ||
    die "$1 is version $2; veil needs $3 or newer. Debian 12 and Ubuntu 24.04 have it; elsewhere put a newer one first" \
      "on PATH${4:+ ($4)}."
}

check_versions() {
  local compiler version
  read -ra compiler <<<"${CXX:-g++}"
  if [[ $("${compiler[@]}" --version) != *clang* ]]; then
    version=$("${compiler[@]}" -dumpfullversion -dumpversion)
    want_version "${compiler[*]}" "$version" 12 "or name it: CXX=g++-12"
  fi
  version=$(cmake --version | awk 'NR == 1 {print $3}')
  want_version cmake "$version" 3.25 "pip install cmake brings one"
}

# --- LibTorch ----------------------------------------------------------------------------------------------------------

own_libtorch() {
  local folder
  [[ -z ${VEIL_TORCH_ROOT:-} ]] || { echo "$VEIL_TORCH_ROOT" && return 0; }
  while IFS= read -r folder; do
    if [[ -n $folder && (-e $folder/lib/libtorch_cpu.so || -e $folder/Torch/TorchConfig.cmake ||
      -e $folder/share/cmake/Torch/TorchConfig.cmake || -e $folder/lib/cmake/Torch/TorchConfig.cmake) ]]; then
      echo "$folder" && return 0
    fi
  done < <(tr ':;' '\n' <<<"${CMAKE_PREFIX_PATH:-}")
  return 1
}

wants_venv() { ! own_libtorch >/dev/null; }

wanted_flavour() {
  case ${VEIL_CUDA:-AUTO} in
    ON | on | 1 | TRUE) echo cuda ;;
    OFF | off | 0 | FALSE) echo cpu ;;
    AUTO | auto) if compgen -G '/dev/nvidia[0-9]*' >/dev/null || nvidia-smi -L >/dev/null 2>&1; then echo cuda; else echo cpu; fi ;;
    *) die "VEIL_CUDA is \"$VEIL_CUDA\"; want AUTO, ON or OFF" ;;
  esac
}

# The first Python that can make an environment and that the wheel exists for.
find_python() {
  local candidate
  for candidate in ${VEIL_PYTHON:+"$VEIL_PYTHON"} python3 /usr/bin/python3; do
    if "$candidate" -I -c 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
      command -v "$candidate" && return 0
    fi
  done
  return 1
}

# Whether .venv holds every file, with its size, that the three wheels list.
venv_is_whole() {
  [[ -x $VENV/bin/python ]] && "$VENV/bin/python" -I - "$TORCH" "${TORCH_CPU_NEEDS[@]}" 2>/dev/null <<'PYTHON'
import importlib.metadata as metadata, os, sys
for requirement in sys.argv[1:]:
    name, _, version = requirement.partition("==")
    wheel = metadata.distribution(name)
    if name == "torch" and wheel.version != version or not wheel.files:
        sys.exit(1)
    for file in wheel.files:
        if file.size is not None and os.path.getsize(file.locate()) != file.size:
            sys.exit(1)
PYTHON
}

venv_flavour() {
  if compgen -G "$VENV/lib/python3*/site-packages/nvidia/cudnn/lib/libcudnn.so.*" >/dev/null; then echo cuda; else echo cpu; fi
}

write_stamp() {
  printf '%s %s\n' "$TORCH" "$(venv_flavour)" >"$STAMP.tmp"
  mv -f -- "$STAMP.tmp" "$STAMP"
  rm -f -- "$UNFINISHED"
}

# Settings of pip that choose an index, a proxy or a certificate are the user's; those that would put the wheel anywhere
# but into .venv are not taken over.
run_pip() {
  env -u PIP_USER -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT -u PIP_PYTHON -u PIP_DRY_RUN -u PIP_CONSTRAINT -u PIP_NO_BINARY \
    -u PIP_REQUIREMENT -u PIP_IGNORE_INSTALLED -u PIP_UPGRADE -u PIP_EDITABLE \
    "$VENV/bin/python" -I -m pip --disable-pip-version-check install --no-user --only-binary=:all: --progress-bar off "$@" >&2
}

make_venv() {
  local python
  if [[ -e $UNFINISHED ]]; then
    say "an earlier set-up was interrupted; starting .venv afresh"
    rm -rf -- "$VENV"
  fi
  if ! [[ -x $VENV/bin/python ]]; then
    [[ ! -L $VENV ]] || die ".venv is a link to $(readlink -- "$VENV"), which holds no Python environment; remove the link"
    python=$(find_python) || die "no Python 3.10 to 3.14 with the modules venv and ensurepip was found; set VEIL_PYTHON"
    mkdir -p -- "$VENV" && : >"$UNFINISHED"
    "$python" -I -m venv -- "$VENV" || die "$python could not make $VENV"
  fi
  : >"$UNFINISHED"
}

need_disk() {
  local free_gb
  free_gb=$(df -Pk -- "$root" | awk 'NR == 2 {print int($4 / 1048576)}')
  ((free_gb >= $1)) || die "LibTorch takes $1 GB while it is installed; $root has $free_gb GB free"
}

install_libtorch() {
  local flavour=$1
  if [[ $flavour == cuda ]]; then
    need_disk 9
    say "installing $TORCH with CUDA's libraries into .venv: about 2.7 GB to download, 4.7 GB on disk"
    make_venv
    run_pip "$TORCH" || die "pip failed (see above); .venv is incomplete, run tools/setup.sh again"
    # The CPU program's two are part of the full set, in the versions that this wheel names.
  else
    need_disk 3
    say "installing $TORCH for the CPU into .venv: about 0.55 GB to download, 1.3 GB on disk"
    make_venv
    run_pip --no-deps "$TORCH" "${TORCH_CPU_NEEDS[@]}" || die "pip failed (see above); .venv is incomplete, run tools/setup.sh again"
  fi
  venv_is_whole || die "pip ended well, but .venv lacks files of $TORCH: does a configuration file of pip set target," \
    "prefix or root? (pip config list)"
  write_stamp
}

setup_libtorch() {
  local flavour stamp="" folder
  if folder=$(own_libtorch); then
    say "LibTorch: $folder (named by you); .venv is not needed"
    return
  fi
  flavour=$(wanted_flavour)
  [[ ! -e $STAMP ]] || stamp=$(<"$STAMP")
  if [[ $stamp == "$TORCH $flavour" || $stamp == "$TORCH cuda" ]]; then
    return
  fi
  if [[ ! -e $UNFINISHED && -z $stamp ]] && venv_is_whole && [[ $(venv_flavour) == "$flavour" || $flavour == cpu ]]; then
    say "LibTorch: .venv is complete already"
    write_stamp
    return
  fi
  [[ $check == no ]] || die "LibTorch ($flavour) is not in .venv yet; run tools/setup.sh"
  install_libtorch "$flavour"
}

# --- main --------------------------------------------------------------------------------------------------------------

check=no
case ${1:-} in
  "") ;;
  --check) check=yes ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
esac
[[ $(uname -s) == Linux ]] || die "veil builds on Linux; this is $(uname -s)"
case $(uname -m) in
  x86_64 | aarch64) ;;
  *) die "there is no LibTorch for $(uname -m); veil builds on x86_64 and aarch64" ;;
esac

# One set-up at a time for this folder.
exec 9<"$root"
flock 9

mapfile -t missing < <(missing_packages)
if ((${#missing[@]})); then
  [[ $check == no ]] || die "missing packages: ${missing[*]}"
  mapfile -t -O "${#missing[@]}" missing < <(companions)
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) || die "apt-get ended well, but these are still not found: ${missing[*]}"
fi
check_versions
setup_libtorch
say "set-up is complete"
