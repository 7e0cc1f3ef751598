/// What differs from record to record of the same kind, and within an identity block.
enum RecordSlot: String, Sendable {
    case identity, accessKey, sessionStart, time, name, region, account, recipient, host, agent, error, parameters
    case requestID, eventID, workspace, extra, resource, size, extendedID
}

/// One CloudTrail record.
struct TrailRecord: Sendable {
    let template: Template<RecordSlot>
    let time: Moment
    let principal: Principal
    let region: String
    /// The account of the resource; in most records also the one that receives the record.
    let account: String
    var recipient: String
    var name = ""
    var workspace = ""
    var parameters = ""
    var agent = "Anthropic/Python 1.14.0"
    /// `"errorCode":…,` or empty.
    var error = ""
    /// `,"sharedEventID":…` or empty.
    var extra = ""
    let host: Int
    var eventID: Identifier
    let requestID: Identifier
    /// Which of the many objects or keys of its kind.
    var resource = 0
    /// Whether the source is Claude Platform on AWS.
    let isRelevant: Bool

    /// Sessions last an hour here.
    private var sessionStart: Moment { Moment(seconds: time.seconds - time.secondOfDay % 3600) }

    func write(into text: inout Text, random: inout SeededRandom) {
        template.write(into: &text) { slot, text in
            if slot == .identity {
                principal.identity.write(into: &text) { fill($0, &$1, &random) }
            } else {
                fill(slot, &text, &random)
            }
        }
    }

    private func fill(_ slot: RecordSlot, _ text: inout Text, _ random: inout SeededRandom) {
        switch slot {
        case .identity: preconditionFailure("an identity holds no identity")
        case .accessKey:
            // A session keeps its key.
            var session = SeededRandom(seed: principal.keySeed, .principal, number: sessionStart.hour + 24)
            text.append(characters: 9, of: .upper, random: &session)
        case .sessionStart: text.append(time: sessionStart)
        case .time: text.append(time: time)
        case .name: text.append(name)
        case .region: text.append(region)
        case .account: text.append(account)
        case .recipient: text.append(recipient)
        case .host: text.append(integer: host)
        case .agent: text.append(agent)
        case .error: text.append(error)
        case .parameters: text.append(parameters)
        case .requestID: text.append(uuid: requestID)
        case .eventID: text.append(uuid: eventID)
        case .workspace: text.append(workspace)
        case .extra: text.append(extra)
        case .resource: text.append(hex: splitMix64(UInt64(resource)), digits: 16)
        case .size: text.append(integer: 1_000 + random.below(900_000))
        case .extendedID: text.append(characters: 76, of: .mixed, random: &random)
        }
    }

    /// A data event of Claude Platform on AWS.
    static let inference = Template<RecordSlot>(
        """
        {"eventVersion":"1.11","userIdentity":<identity>,"eventTime":"<time>",\
        "eventSource":"aws-external-anthropic.amazonaws.com","eventName":"<name>","awsRegion":"<region>",\
        "sourceIPAddress":"192.0.2.<host>","userAgent":"<agent>",<error>"requestParameters":<parameters>,\
        "responseElements":null,"requestID":"<requestID>","eventID":"<eventID>","readOnly":false,"resources":[{\
        "accountId":"<account>","type":"AWS::AWSExternalAnthropic::Workspace","ARN":"<workspace>"}],"eventType":"AwsApiCall",\
        "managementEvent":false,"recipientAccountId":"<recipient>"<extra>,"eventCategory":"Data","tlsDetails":{\
        "tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",\
        "clientProvidedHostHeader":"aws-external-anthropic.<region>.api.aws"}}
        """)

    /// `requestParameters` of a call. A batch names no model: it may hold requests to several.
    static func parameters(model: String?, usesBearerToken: Bool) -> String {
        let model = model.map { "\"model\":\"\($0)\"," } ?? ""
        return usesBearerToken
            ? "{\(model)\"callWithBearerToken\":true,\"bearerTokenType\":\"LONG_TERM\"}"
            : "{\(model)\"callWithBearerToken\":false}"
    }

    static func errorFields(code: String) -> String {
        guard !code.isEmpty else { return "" }
        let message = code == "AccessDenied" ? "User is not authorized to perform this action" : "Rate exceeded"
        return "\"errorCode\":\"\(code)\",\"errorMessage\":\"\(message)\","
    }
}
