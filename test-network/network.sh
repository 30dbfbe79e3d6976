#!/bin/sh
# A local Fabric network with a BlockRaFT peer in it.
#   ./test-network/network.sh demo      everything, with progress and a table at the end
#   ./test-network/network.sh --help    all verbs
set -eu

here="$(cd "$(dirname "$0")" && pwd -P)"
root="$(dirname "$here")"

. "$root/.mvn/find-jdk.sh"
if ! jdk="$(find_jdk 25)"; then
  echo "This needs a JDK 25 or newer; set JAVA_HOME to one." >&2
  exit 1
fi

libraries="$here/target/lib"
distribution="$root/peer-extension/target/blockraft"
if [ ! -d "$libraries" ] || [ ! -x "$distribution/bin/blockraft" ]; then
  echo "Building BlockRaFT (first run only) ..."
  (cd "$root" && ./mvnw -q --batch-mode -Dfast -DskipTests package)
fi

own="$(ls "$here"/target/test-network-*.jar | grep -vE -- '-(wallet|voting|probe|tests)\.jar$' | head -1)"
BLOCKRAFT_NETWORK_FOLDER="${BLOCKRAFT_NETWORK_FOLDER:-$here/.work}"
export BLOCKRAFT_NETWORK_FOLDER

# What is over in seconds gains nothing from the optimizing compiler; what is measured in this process does.
compiler=-XX:TieredStopAtLevel=1
case "$*" in
  "compare tree"*) compiler=-XX:+TieredCompilation ;;
esac

exec "$jdk/bin/java" -XX:+UseSerialGC "$compiler" \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Dblockraft.distribution="$distribution" -Dblockraft.libraries="$libraries" \
  -cp "$own:$libraries/*" org.blockraft.testnet.Main "$@"
