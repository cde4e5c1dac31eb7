#!/bin/bash
# OpenMessaging Benchmark: an archive that somebody built, held to its SHA-256, or built here from one commit.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

target=$ROOT/opt/openmessaging-benchmark
identity=${BENCHMARK_URL:+sha256:$BENCHMARK_SHA256}
identity=${identity:-$BENCHMARK_COMMIT}
if is_done benchmark "$identity" && [[ -x $target/bin/benchmark ]]; then exit 0; fi

archive=$HERE/benchmark.tar.gz
if [[ $BENCHMARK_URL ]]; then
    fetch "$BENCHMARK_URL" "$archive"
    verify sha256sum "$BENCHMARK_SHA256" "$archive"
else
    packages git-core maven
    source=$HERE/benchmark-source
    rm -rf "$source"
    git init -q "$source"
    # A commit's name is a digest of all that is in it: git refuses any other content.
    git -C "$source" fetch -q --depth 1 "$BENCHMARK_REPOSITORY" "$BENCHMARK_COMMIT" ||
        fail "$BENCHMARK_REPOSITORY does not give the commit $BENCHMARK_COMMIT"
    git -C "$source" checkout -q FETCH_HEAD
    # Its checks of style, and of the version of maven, say nothing about the program.
    (cd "$source" && mvn -q -B -DskipTests -Denforcer.skip -Dspotless.check.skip -Dspotbugs.skip -Dcheckstyle.skip \
        -Dlicense.skip -Djacoco.skip -Dmaven.repo.local="$HERE/maven" -pl package -am package >"$HERE/maven.log" 2>&1) ||
        fail "OpenMessaging Benchmark could not be built: $(grep -m 3 ERROR "$HERE/maven.log")"
    cp "$source"/package/target/openmessaging-benchmark-*-bin.tar.gz "$archive" ||
        fail 'the build made no archive'
    rm -rf "$source" "$HERE/maven"
fi
unpack "$archive" "$target"
[[ -x $target/bin/benchmark && -x $target/bin/benchmark-worker ]] || fail 'the archive holds no benchmark'
rm -f "$archive"
done_with benchmark "$identity" "source ${BENCHMARK_URL:-$BENCHMARK_REPOSITORY}"
