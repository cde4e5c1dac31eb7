"""Makes statistics.json: what numpy and scipy say of recorded series, for StatisticsTests to hold LabHost's figures against.

    python3 Tests/LabHostTests/Fixtures/statistics.py > Tests/LabHostTests/Fixtures/statistics.json
"""

import itertools
import json
import pathlib

import numpy
import scipy.stats

RECORDINGS = pathlib.Path(__file__).parents[2] / "OMBRunnerTests" / "Recordings"


def series(name, key):
    return json.loads((RECORDINGS / name).read_text())[key]


PULSAR = series("published/pulsar-latency-default-sync-200k.json", "publishLatency99pct")
KAFKA = series("published/kafka-latency-sync-200k.json", "publishLatency99pct")
RABBIT = series("published/rabbitmq-latency-classic-30k.json", "publishLatency99pct")
RATES = series("published/pulsar-throughput-default-sync-colocated.json", "publishRate")


def order(values):
    return {
        "values": values,
        "mean": float(numpy.mean(values)),
        "median": float(numpy.median(values)),
        "percentiles": {str(q): float(numpy.percentile(values, q)) for q in (0, 2.5, 25, 75, 99, 100)},
        "ranks": [float(rank) for rank in scipy.stats.rankdata(values)],
    }


def mann_whitney(first, second, method):
    test = scipy.stats.mannwhitneyu(first, second, alternative="two-sided", method=method)
    return {"first": first, "second": second, "method": method, "u": float(test.statistic), "p": float(test.pvalue)}


def bootstrap(first, second):
    """Of samples this small every draw can be made, so that the interval is exact."""
    one = [numpy.median(draw) for draw in itertools.product(first, repeat=len(first))]
    other = [numpy.median(draw) for draw in itertools.product(second, repeat=len(second))]
    changes = (numpy.array(other)[None, :] / numpy.array(one)[:, None] - 1).ravel()
    return {
        "first": first,
        "second": second,
        "low": float(numpy.percentile(changes, 2.5, method="inverted_cdf")),
        "high": float(numpy.percentile(changes, 97.5, method="inverted_cdf")),
    }


def block_bootstrap(first, second, draws=100_000):
    generator = numpy.random.default_rng(1)

    def means(values):
        values = numpy.array(values)
        length = int(numpy.floor(len(values) ** (1 / 3) + 1e-9))
        blocks = -(-len(values) // length)
        starts = generator.integers(0, len(values) - length + 1, size=(draws, blocks))
        drawn = values[(starts[:, :, None] + numpy.arange(length)).reshape(draws, -1)[:, : len(values)]]
        return drawn.mean(axis=1)

    changes = means(second) / means(first) - 1
    return {
        "first": first,
        "second": second,
        "low": float(numpy.percentile(changes, 2.5)),
        "high": float(numpy.percentile(changes, 97.5)),
    }


rounded = [round(value) for value in PULSAR]
print(
    json.dumps(
        {
            "order": [order(PULSAR), order(rounded), order(RATES[:7]), order([4.0])],
            "mann_whitney": [
                mann_whitney(PULSAR[:3], KAFKA[:3], "exact"),
                mann_whitney(PULSAR[:5], KAFKA[20:24], "exact"),
                mann_whitney(PULSAR[:8], PULSAR[30:38], "exact"),
                mann_whitney(RATES[:4], RATES[4:11], "exact"),
                mann_whitney(PULSAR, KAFKA, "asymptotic"),
                mann_whitney(rounded[:30], rounded[30:], "asymptotic"),
                mann_whitney(rounded[:5], rounded[5:12], "asymptotic"),
                mann_whitney(PULSAR[:20], RABBIT[:20], "asymptotic"),
            ],
            "bootstrap": [
                bootstrap(PULSAR[:3], KAFKA[:3]),
                bootstrap(PULSAR[:4], PULSAR[10:14]),
                bootstrap(RATES[:5], RATES[20:24]),
            ],
            "block_bootstrap": [block_bootstrap(PULSAR, KAFKA), block_bootstrap(RATES[:30], RATES[30:])],
        },
        separators=(",", ":"),
    )
)
