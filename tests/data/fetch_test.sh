#!/bin/sh
# datasets/fetch.sh against files of its own: a good download, a resumed one, a wrong byte, an unknown name.
set -eu

datasets=$(CDPATH='' cd -- "$(dirname -- "$0")/../../datasets" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset VEIL_DATA
VEIL_FETCH_BASE="file://$folder/server"
export VEIL_FETCH_BASE

fail() {
  echo "FAILED: $*" >&2
  cat "$folder/output" >&2
  exit 1
}

# fetch WANTED-EXIT-CODE ARGUMENT…
fetch() {
  wanted=$1
  shift
  code=0
  "$folder/client/fetch.sh" "$@" > "$folder/output" 2>&1 || code=$?
  [ "$code" -eq "$wanted" ] || fail "fetch.sh $*: exit code $code, want $wanted"
}

says() {
  grep -qF -- "$1" "$folder/output" || fail "the output lacks: $1"
}

# The script takes the checksums beside it: of the files made here.
mkdir -p "$folder/server" "$folder/client" "$folder/cifar-10-batches-bin"
cp "$datasets/fetch.sh" "$folder/client"
fashion="train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz"
for file in $fashion; do
  echo "content of $file" > "$folder/server/$file"
done
for file in data_batch_1.bin data_batch_2.bin data_batch_3.bin data_batch_4.bin data_batch_5.bin test_batch.bin \
  batches.meta.txt readme.html; do
  echo "content of $file" > "$folder/cifar-10-batches-bin/$file"
done
tar -czf "$folder/server/cifar-10-binary.tar.gz" -C "$folder" cifar-10-batches-bin
cd "$folder/server"
md5sum cifar-10-binary.tar.gz | sed 's|  |  cifar10/|' > "$folder/client/fetch.md5"
mkdir "$folder/cifar-100-binary"
for file in train.bin test.bin fine_label_names.txt coarse_label_names.txt; do
  echo "content of $file" > "$folder/cifar-100-binary/$file"
done
tar -czf cifar-100-binary.tar.gz -C "$folder" cifar-100-binary
md5sum cifar-100-binary.tar.gz | sed 's|  |  cifar100/|' >> "$folder/client/fetch.md5"
md5sum -- *ubyte.gz | sed 's|  |  fashion-mnist-full/|' >> "$folder/client/fetch.md5"
cd "$folder"

echo "a good download"
fetch 0 cifar10
for file in data_batch_1.bin data_batch_5.bin test_batch.bin batches.meta.txt; do
  cmp "$folder/client/cifar10/$file" "$folder/cifar-10-batches-bin/$file" || fail "$file differs"
done
[ ! -e "$folder/client/cifar10/cifar-10-binary.tar.gz" ] || fail "the archive was left"

fetch 0 cifar100
cmp "$folder/client/cifar100/train.bin" "$folder/cifar-100-binary/train.bin" || fail "train.bin differs"
[ ! -e "$folder/client/cifar100/cifar-100-binary.tar.gz" ] || fail "the archive was left"

echo "a second run downloads nothing, unless a file was damaged"
mv "$folder/server/cifar-10-binary.tar.gz" "$folder/archive"
fetch 0 cifar10
says "cifar10 is there and right"
mv "$folder/archive" "$folder/server/cifar-10-binary.tar.gz"
echo damaged > "$folder/client/cifar10/data_batch_3.bin"
fetch 0 cifar10
cmp "$folder/client/cifar10/data_batch_3.bin" "$folder/cifar-10-batches-bin/data_batch_3.bin" || fail "still damaged"

echo "a cut download is resumed, in VEIL_DATA"
mkdir -p "$folder/elsewhere/fashion-mnist-full"
head -c 5 "$folder/server/train-images-idx3-ubyte.gz" > \
  "$folder/elsewhere/fashion-mnist-full/train-images-idx3-ubyte.gz.part"
export VEIL_DATA="$folder/elsewhere"
fetch 0 fashion-mnist-full
unset VEIL_DATA
for file in $fashion; do
  cmp "$folder/elsewhere/fashion-mnist-full/$file" "$folder/server/$file" || fail "$file differs"
done

echo "a wrong byte is refused with both checksums"
good=$(md5sum < "$folder/server/t10k-images-idx3-ubyte.gz")
echo "Content of t10k-images-idx3-ubyte.gz" > "$folder/server/t10k-images-idx3-ubyte.gz"
bad=$(md5sum < "$folder/server/t10k-images-idx3-ubyte.gz")
fetch 65 fashion-mnist-full
says "t10k-images-idx3-ubyte.gz.refused: MD5 is ${bad%% *}, want ${good%% *}"
[ ! -e "$folder/client/fashion-mnist-full/t10k-images-idx3-ubyte.gz" ] || fail "the wrong file was kept"

echo "the checksums that ship refuse what is not the published data"
cp "$datasets/fetch.md5" "$folder/client"
rm -r "$folder/client/cifar10"
fetch 65 cifar10
says "want c32a1d4ab5d03f1284b67883e8d87530"

echo "a download that fails is a failure of the disk or the net"
rm "$folder/server/cifar-10-binary.tar.gz"
fetch 74 cifar10
says "the download failed"

echo "wrong usage is said"
fetch 2 imagenet64-png
says "'imagenet64-png' is not a data set that can be fetched"
says "usage: datasets/fetch.sh NAME"
fetch 2
fetch 2 cifar10 fashion-mnist-full
fetch 2 fashion-mnist
says "fashion-mnist-full"
fetch 0 --help
says "downloads 170 MB"
