# Shell function: find_jdk FEATURE prints the home of a JDK of at least that feature release.
# Looks at JAVA_HOME, the java on PATH, then where distributions and SDK managers put JDKs.

jdk_feature() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
  set +f
  path_java="$(command -v java 2>/dev/null || true)"
  [ -z "$path_java" ] || path_java="$(dirname "$(dirname "$(readlink -f "$path_java")")")"
  for candidate in "${JAVA_HOME-}" "$path_java" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -n "$candidate" ] || continue
    feature="$(jdk_feature "$candidate")" || continue
    if [ "${feature:-0}" -ge "$1" ]; then
      set -f
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  set -f
  return 1
}
