#!/bin/sh
# Downloads a data set and verifies it.
#
#   datasets/fetch.sh cifar10              170 MB, 355 MB of disk while unpacking, 184 MB after it
#   datasets/fetch.sh cifar100             169 MB, 353 MB of disk while unpacking, 185 MB after it
#   datasets/fetch.sh fashion-mnist-full    31 MB
#
# The files go to $VEIL_DATA/NAME if VEIL_DATA is set, else to the folder NAME beside this script; veil looks for them
# in both. A download that was cut is resumed. A file whose checksum is not the published one (see fetch.md5) is set
# aside as FILE.refused and nothing of it is used. To run it again is harmless: what is there and right is kept.
#
# VEIL_FETCH_BASE: URL of the folder to download from instead, for a mirror (https://…, file:///…).
# Needs curl or wget, md5sum, sha256sum and tar. Exit codes: 0 done, 2 wrong usage, 65 checksum, 74 download or disk.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
  cat << 'END'
usage: datasets/fetch.sh NAME

  cifar10             50,000 + 10,000 colour images of 32 x 32; downloads 170 MB
  cifar100            the same number in 100 classes; downloads 169 MB
  fashion-mnist-full  60,000 + 10,000 gray images of 28 x 28; downloads 31 MB

Files go to $VEIL_DATA/NAME, or without VEIL_DATA to the folder NAME beside this script.
END
}

fail() {
  code=$1
  shift
  printf 'fetch.sh: %s\n' "$*" >&2
  exit "$code"
}

# download URL FILE: goes on where FILE.part ends.
download() {
  if command -v curl > /dev/null; then
    curl --fail --location --retry 3 --continue-at - --output "$2.part" "$1"
  elif command -v wget > /dev/null; then
    wget --tries=3 --continue --output-document="$2.part" "$1"
  else
    fail 74 "neither curl nor wget was found"
  fi || fail 74 "$1: the download failed; run this again to go on with it"
}

md5_of() {
  sum=$(md5sum < "$1") || fail 74 "$1: cannot be read"
  printf '%s\n' "${sum%% *}"
}

# obtain FILE: FILE in the present folder has the published checksum afterwards.
obtain() {
  want=$(sed -n "s|  $name/$1\$||p" "$here/fetch.md5")
  [ -n "$want" ] || fail 74 "$here/fetch.md5: has no line for $name/$1"
  if [ -f "$1" ] && [ "$(md5_of "$1")" = "$want" ]; then
    echo "$1 is there and right"
    return
  fi
  # A complete part is left where the script was stopped before the check.
  if ! { [ -f "$1.part" ] && [ "$(md5_of "$1.part")" = "$want" ]; }; then
    echo "downloading $base/$1"
    download "$base/$1" "$1"
  fi
  found=$(md5_of "$1.part")
  if [ "$found" != "$want" ]; then
    mv -f "$1.part" "$1.refused"
    fail 65 "$PWD/$1.refused: MD5 is $found, want $want"
  fi
  mv -f "$1.part" "$1"
}

# fetch_cifar ARCHIVE FILE…: the archive's files, of which those named are the data.
fetch_cifar() {
  archive=$1
  shift
  if [ -f SHA256SUMS ] && sha256sum --check --status SHA256SUMS; then
    echo "$name is there and right"
    return
  fi
  obtain "$archive"
  tar -xzf "$archive" --strip-components=1 || fail 74 "$PWD/$archive: cannot be unpacked"
  # The authors publish a checksum of the archive only; these are of what came out of it, for the next run.
  sha256sum "$@" > SHA256SUMS.part
  mv -f SHA256SUMS.part SHA256SUMS
  rm -f "$archive"
}

fetch_fashion_mnist() {
  for file in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    obtain "$file.gz"
  done
}

[ $# -eq 1 ] || { usage >&2; exit 2; }
case $1 in
  -h | --help) usage; exit 0 ;;
  cifar10 | cifar100) official=https://www.cs.toronto.edu/~kriz ;;
  fashion-mnist-full) official=http://fashion-mnist.s3-website.eu-central-1.amazonaws.com ;;
  fashion-mnist) fail 2 "fashion-mnist ships with veil; all 60,000 training images are called fashion-mnist-full" ;;
  photos32) fail 2 "photos32 ships with veil" ;;
  *) usage >&2; fail 2 "'$1' is not a data set that can be fetched" ;;
esac
name=$1
base=${VEIL_FETCH_BASE:-$official}
folder=${VEIL_DATA:-$here}/$name
mkdir -p "$folder" || fail 74 "$folder: cannot be made"
cd "$folder"
case $name in
  cifar10) fetch_cifar cifar-10-binary.tar.gz data_batch_1.bin data_batch_2.bin data_batch_3.bin data_batch_4.bin \
    data_batch_5.bin test_batch.bin batches.meta.txt ;;
  cifar100) fetch_cifar cifar-100-binary.tar.gz train.bin test.bin fine_label_names.txt coarse_label_names.txt ;;
  fashion-mnist-full) fetch_fashion_mnist ;;
esac
echo "done: $folder"
