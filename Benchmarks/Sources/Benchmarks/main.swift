let wanted = Set(CommandLine.arguments.dropFirst())
for benchmark in Plans.all where wanted.isEmpty || wanted.contains(benchmark.name) { try benchmark.measure(times: 7) }
