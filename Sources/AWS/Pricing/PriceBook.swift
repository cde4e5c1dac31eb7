public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What AWS's resources cost in a region.
///
/// Prices come from the price list and the spot price history, as long as they may be asked and answer; else from what was
/// asked for before, kept with its date in the user's cache; else from the list that ships in the binary. A price that none
/// of them has is unknown.
public actor PriceBook {
    private let client: AWSClient
    private let cache: PriceCache?
    private let region: String?
    private let snapshot: PriceSnapshot
    private var known: [PriceKey: Price] = [:]
    private var isLoaded = false
    /// Why a price is not to be had, as far as AWS said so.
    private var refused: [PriceKey: String] = [:]
    /// What went wrong with asking, so that nobody waits for it twice.
    private var fault: String?

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = PriceList.actions

    /// How long prices are good before they are asked for again.
    static let listAge: TimeInterval = 24 * 3600
    static let spotAge: TimeInterval = 900

    /// Makes the book of the context's region; nothing is read or asked before its first use.
    public init(_ context: PluginContext) {
        // Prices are nice to have: an experiment does not wait long for them.
        var client = AWSClient(context, retry: RetryPolicy(maximumAttempts: 5, limit: .seconds(20)))
        client.timeout = .seconds(10)
        self.client = client
        region = try? client.region
        let endpoint =
            context.cloud.endpoint ?? context.environment["AWS_ENDPOINT_URL"].flatMap { $0.isEmpty ? nil : $0 }
        cache = region.map { PriceCache(in: context.cache, region: $0, endpoint: endpoint) }
        snapshot = PriceSnapshot(region: region ?? "")
    }

    /// What resources cost; never fails, but for what is unknown.
    ///
    /// - Parameters:
    ///   - resources: The resources, by kind and attributes.
    ///   - asking: Whether AWS may be asked.
    /// - Returns: A rate for each.
    public func quote(for resources: [Resource], asking: Bool) async -> Quote {
        let hours = client.clock.now().hoursInMonth
        let pricings = resources.map { ResourcePricing($0, hoursInMonth: hours) }
        let keys = Set(pricings.flatMap(\.keys))
        if !isLoaded {
            isLoaded = true
            known.merge(cache?.load() ?? [:]) { $1 }
        }
        if asking { await ask(for: keys) }
        let used = keys.compactMap(price)
        return Quote(
            rates: pricings.map { rate(of: $0, asking: asking) },
            asOf: used.map(\.asOf).min(),
            source: Set(used.map(\.source.rawValue)).sorted().joined(separator: ", "),
            notes: asking ? [fault].compactMap(\.self) : []
        )
    }

    /// What a price is, wherever it comes from; nil when nobody knows, or AWS itself says that there is none to be used.
    private func price(of key: PriceKey) -> Price? { refused[key] == nil ? known[key] ?? snapshot[key] : nil }

    private func rate(of pricing: ResourcePricing, asking: Bool) -> Rate {
        Rate(
            parts: pricing.parts.map { part in
                Rate.Part(
                    kind: part.kind,
                    what: part.what,
                    perHour: part.fault.map { Cost.unknown("\(part.what): \($0)") }
                        ?? cost(of: part.terms, asking: asking),
                    mostPerHour: part.ceiling.map { cost(of: $0, asking: asking) }
                )
            }
        )
    }

    private func cost(of terms: [ResourcePricing.Term], asking: Bool) -> Cost {
        terms.map { term in
            price(of: term.key).map { Cost.usd($0.usd * term.unitsPerHour) }
                ?? .unknown(reason(for: term.key, asking: asking))
        }.sum
    }

    private func reason(for key: PriceKey, asking: Bool) -> String {
        guard let region else { return "no AWS region is named" }
        if let reason = refused[key] { return "\(key.noun) in \(region): \(reason)" }
        if asking, let fault { return "\(key.noun) in \(region): \(fault)" }
        let how = asking ? "" : " without asking AWS"
        return "no price of \(key.noun) in \(region) is known\(how)"
    }

    // MARK: Asking

    private func ask(for keys: Set<PriceKey>) async {
        guard let region, fault == nil else { return }
        let now = client.clock.now()
        let stale = keys.filter { key in
            guard refused[key] == nil else { return false }
            guard let price = known[key] else { return true }
            let age = now.timeIntervalSince(price.asOf)
            return age < 0 || age > (key.isSpot ? Self.spotAge : Self.listAge)
        }
        guard !stale.isEmpty else { return }
        let list = PriceList(client, region: region)
        let queries = Set(stale.compactMap(PriceQuery.init))
        let spots = Dictionary(grouping: stale.filter(\.isSpot)) { $0.path[2] }
        let answers = await withTaskGroup(of: Answer.self) { group in
            for query in queries { group.addTask { await Answer(list, query) } }
            for (zone, keys) in spots { group.addTask { await Answer(list, spot: keys, zone) } }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        var new: [PriceKey: Price] = [:]
        for answer in answers {
            fault = fault ?? answer.fault
            for (key, value) in answer.values {
                switch value {
                case .usd(let amount):
                    new[key] = Price(usd: amount, asOf: now, source: key.isSpot ? .spot : .list)
                case .unusable(let reason): refused[key] = reason
                }
            }
            // Nobody's fault: AWS answered, and has no such thing.
            if answer.fault == nil {
                for key in stale where answer.wanted.contains(key) && answer.values[key] == nil {
                    refused[key] = "AWS's price list does not have it"
                }
            }
        }
        known.merge(new) { $1 }
        do { try cache?.save(new) } catch {
            fault = "prices cannot be kept: \(LabError(error, while: "saving").message)"
        }
    }

    /// What came of one question.
    private struct Answer: Sendable {
        var wanted: Set<PriceKey>
        var values: [PriceKey: PriceQuery.Answer] = [:]
        var fault: String?

        init(_ list: PriceList, _ query: PriceQuery) async {
            wanted = Set(query.readings.map(\.key))
            do { values = try await list.prices(query) } catch { fault = Self.words(error, "pricing:GetProducts") }
        }

        init(_ list: PriceList, spot keys: [PriceKey], _ zone: String) async {
            wanted = Set(keys)
            let action = "ec2:DescribeSpotPriceHistory"
            do {
                let prices = try await list.spotPrices(
                    of: keys.map { $0.path[1] }.sorted(),
                    in: zone == "dearest" ? nil : zone
                )
                for key in keys { values[key] = prices[key.path[1]].map { .usd($0) } }
            } catch { fault = Self.words(error, action) }
        }

        private static func words(_ error: any Error, _ action: String) -> String {
            if let error = error as? AWSError {
                if error.isDenied { return "\(action) is not allowed" }
                return "AWS could not be asked (\(action): \(error.code))"
            }
            return "AWS could not be asked (\(LabError(error, while: action).message))"
        }
    }
}

extension PriceKey {
    /// What it is the price of, for people.
    fileprivate var noun: String {
        switch path.first {
        case "instance": path[1]
        case "spot": "\(path[1]) (spot\(path[2] == "dearest" ? "" : ", \(path[2])"))"
        case "volume": "\(path[1]) volumes (\(path[2]))"
        case "address": "a public IPv4 address"
        case "nat": "a NAT gateway"
        default: rawValue
        }
    }
}
