#!/bin/bash
# The Java that everything runs on.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

packages "$JAVA_PACKAGE"
version=$(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')
[[ $version == "$JAVA_VERSION"* ]] || fail "java is ${version:-missing}, not $JAVA_VERSION"
done_with java "$version" "package $JAVA_PACKAGE"
