import Bytes
import Records
import Registry

/// A model that can be approved.
public struct CatalogueModel: Sendable, Hashable {
    public var platform: Platform
    /// As calls name it.
    public var id: String
    /// As people and bills name it.
    public var name: String
    public var vendor: String
}

/// The models there are: those of the Claude Platform built in, and what the registry adds; Bedrock's from a saved listing.
public struct Catalogue: Sendable {
    /// The Claude Platform has no listing that can be asked for, so this list is made by hand, of the models on
    /// platform.claude.com/docs/en/about-claude/pricing (October 2026).
    public static let claudePlatform = [
        ("claude-fable-5-1", "Claude Fable 5.1"), ("claude-fable-5", "Claude Fable 5"), ("claude-opus-5-5", "Claude Opus 5.5"),
        ("claude-opus-5", "Claude Opus 5"), ("claude-opus-4-8", "Claude Opus 4.8"), ("claude-opus-4-7", "Claude Opus 4.7"),
        ("claude-opus-4-6", "Claude Opus 4.6"), ("claude-opus-4-5", "Claude Opus 4.5"), ("claude-sonnet-5-5", "Claude Sonnet 5.5"),
        ("claude-sonnet-5", "Claude Sonnet 5"), ("claude-sonnet-4-6", "Claude Sonnet 4.6"), ("claude-sonnet-4-5", "Claude Sonnet 4.5"),
        ("claude-haiku-4-5", "Claude Haiku 4.5"),
    ].map { CatalogueModel(platform: .claudePlatform, id: $0.0, name: $0.1, vendor: "Anthropic") }

    public private(set) var models: [CatalogueModel]

    public init(_ rules: GovernanceRules) {
        models = Catalogue.claudePlatform
        for model in rules.models {
            models.removeAll { $0.id == model.id }
            models.append(CatalogueModel(platform: .claudePlatform, id: model.id, name: model.name, vendor: model.vendor))
        }
    }

    /// Why a listing cannot be used.
    public struct Fault: Error, Equatable {
        public var what: String
    }

    /// Adds what `aws bedrock list-foundation-models` printed
    /// (docs.aws.amazon.com/cli/latest/reference/bedrock/list-foundation-models.html).
    public mutating func addBedrock(_ text: [UInt8]) throws(Fault) {
        let json: JSONDocument
        do throws(ByteFault) { json = try JSONDocument(text) } catch { throw Fault(what: "is no JSON: \(error.what)") }
        guard let list = json.member("modelSummaries", of: json.root) else {
            throw Fault(what: "has no 'modelSummaries'; save what aws bedrock list-foundation-models prints, as JSON")
        }
        var known = Set(models.filter { $0.platform == .bedrock }.map(\.id))
        for entry in json.elements(list) {
            guard let id = json.string("modelId", of: entry), !id.isEmpty else { continue }
            guard known.insert(id).inserted else { continue }
            models.append(
                CatalogueModel(
                    platform: .bedrock, id: id, name: json.string("modelName", of: entry) ?? id, vendor: json.string("providerName", of: entry) ?? ""))
        }
    }

    /// The model of an id.
    public func model(_ id: String, on platform: Platform) -> CatalogueModel? { models.first { $0.platform == platform && $0.id == id } }

    /// The model of an id or a name, letters compared without case.
    public func find(_ text: String, on platform: Platform) -> CatalogueModel? {
        let listed = models.filter { $0.platform == platform }
        return listed.first { $0.id == text } ?? listed.first { $0.name.lowercased() == text.lowercased() }
    }

    /// The ids and names of a platform, for who misspelt one.
    public func words(_ platform: Platform) -> [String] { models.filter { $0.platform == platform }.flatMap { [$0.id, $0.name] } }
}

/// Whether a model may be asked for.
public enum ModelStanding: Sendable, Equatable {
    case approved
    /// In these accounts only.
    case restricted([String])
    case blocked

    public var text: String {
        switch self {
        case .approved: "Approved"
        case .restricted: "Restricted"
        case .blocked: "Blocked"
        }
    }
}
