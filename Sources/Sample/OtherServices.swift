/// A meter of another AWS service: the hay in which the Claude rows lie.
struct OtherService: Sendable {
    let weight: Int
    let code: String
    let name: String
    let usageType: String
    let operation: String
    let family: String
    let unit: String
    let resource: String
    /// In 10⁻¹⁰ USD a unit.
    let rate: Int
    /// In 10⁻⁶ units.
    let amount: ClosedRange<Int>
    let instanceType: String
    let description: String

    static let all: [OtherService] = [
        OtherService(
            weight: 26, code: "AmazonEC2", name: "Amazon Elastic Compute Cloud", usageType: "BoxUsage:m7i.xlarge",
            operation: "RunInstances", family: "Compute Instance", unit: "Hrs", resource: "i-0<resource>",
            rate: 2_016_000_000, amount: 1_000_000...1_000_000, instanceType: "m7i.xlarge",
            description: "$0.2016 per On Demand Linux m7i.xlarge Instance Hour"),
        OtherService(
            weight: 12, code: "AmazonEC2", name: "Amazon Elastic Compute Cloud", usageType: "EBS:VolumeUsage.gp3",
            operation: "CreateVolume-Gp3", family: "Storage", unit: "GB-Mo", resource: "vol-0<resource>",
            rate: 800_000_000, amount: 20_000...690_000, instanceType: "",
            description: "$0.08 per GB-month of General Purpose (gp3) provisioned storage - US East (Northern Virginia)"
        ),
        OtherService(
            weight: 10, code: "AmazonEC2", name: "Amazon Elastic Compute Cloud",
            usageType: "DataTransfer-Regional-Bytes",
            operation: "InterZone-In", family: "Data Transfer", unit: "GB", resource: "i-0<resource>",
            rate: 100_000_000, amount: 100...9_000_000, instanceType: "",
            description: "$0.010 per GB - regional data transfer - in/out/between EC2 AZs or using elastic IPs or ELB"),
        OtherService(
            weight: 14, code: "AmazonS3", name: "Amazon Simple Storage Service", usageType: "Requests-Tier2",
            operation: "GetObject", family: "API Request", unit: "Requests",
            resource: "example-insurance-documents-<resource>",
            rate: 4_000, amount: 3_000_000...900_000_000_000, instanceType: "",
            description: "$0.004 per 10,000 GET and all other requests"),
        OtherService(
            weight: 7, code: "AmazonS3", name: "Amazon Simple Storage Service", usageType: "TimedStorage-ByteHrs",
            operation: "StandardStorage", family: "Storage", unit: "GB-Mo",
            resource: "example-insurance-documents-<resource>",
            rate: 230_000_000, amount: 1_000...90_000_000, instanceType: "",
            description: "$0.023 per GB - first 50 TB / month of storage used"),
        OtherService(
            weight: 12, code: "AWSLambda", name: "AWS Lambda", usageType: "Lambda-GB-Second", operation: "Invoke",
            family: "Serverless", unit: "Lambda-GB-Second",
            resource: "arn:aws:lambda:us-east-1:<account>:function:policy-<resource>",
            rate: 166_667, amount: 9_000...4_000_000_000, instanceType: "",
            description: "AWS Lambda - Total Compute - US East (Northern Virginia) - Tier-1"),
        OtherService(
            weight: 6, code: "AmazonRDS", name: "Amazon Relational Database Service",
            usageType: "InstanceUsage:db.r7g.large",
            operation: "CreateDBInstance:0014", family: "Database Instance", unit: "Hrs",
            resource: "arn:aws:rds:us-east-1:<account>:db:policies-<resource>", rate: 2_390_000_000,
            amount: 1_000_000...1_000_000, instanceType: "db.r7g.large",
            description: "USD 0.239 per db.r7g.large Single-AZ instance hour (or partial hour) running PostgreSQL"),
        OtherService(
            weight: 6, code: "AmazonCloudWatch", name: "AmazonCloudWatch", usageType: "DataProcessing-Bytes",
            operation: "PutLogEvents", family: "Data Payload", unit: "GB",
            resource: "arn:aws:logs:us-east-1:<account>:log-group:/aws/lambda/policy-<resource>", rate: 5_000_000_000,
            amount: 1_000...2_000_000, instanceType: "",
            description: "$0.50 per GB custom log data ingested in Standard log class - US East (N. Virginia)"),
        OtherService(
            weight: 4, code: "AmazonDynamoDB", name: "Amazon DynamoDB", usageType: "ReadRequestUnits",
            operation: "PayPerRequestThroughput", family: "Amazon DynamoDB PayPerRequest Throughput",
            unit: "ReadRequestUnits",
            resource: "arn:aws:dynamodb:us-east-1:<account>:table/sessions-<resource>", rate: 1_250,
            amount: 1_000_000...90_000_000_000, instanceType: "",
            description: "$0.125 per million read request units (N. Virginia)"),
        OtherService(
            weight: 3, code: "awskms", name: "AWS Key Management Service", usageType: "us-east-1-KMS-Requests",
            operation: "Decrypt", family: "API Request", unit: "Requests",
            resource: "arn:aws:kms:us-east-1:<account>:key/<resource>", rate: 30_000, amount: 1_000_000...900_000_000,
            instanceType: "", description: "$0.03 per 10,000 KMS requests in US East (N. Virginia)"),
    ]

    /// The row of this meter in an account.
    func row(of account: Account) -> Template<BillSlot> {
        var cells = commonCells(of: account, type: "Usage", from: "Amazon Web Services, Inc.")
        var rate = Text()
        rate.append(tenBillionths: self.rate)
        let price = String(decoding: rate.bytes, as: UTF8.self)
        let resource = resource.split(separator: "<account>", omittingEmptySubsequences: false).joined(
            separator: account.id)
        cells["line_item_availability_zone"] = instanceType.isEmpty ? "" : "us-east-1b"
        cells["line_item_product_code"] = code
        cells["line_item_usage_type"] = usageType
        cells["line_item_operation"] = operation
        cells["line_item_resource_id"] = resource
        cells["line_item_line_item_description"] = description
        for column in ["line_item_unblended_rate", "line_item_blended_rate", "line_item_net_unblended_rate"] {
            cells[column] = price
        }
        cells["line_item_normalization_factor"] = instanceType.isEmpty ? "" : "8.0"
        cells["line_item_normalized_usage_amount"] = instanceType.isEmpty ? "" : "8.0"
        cells["pricing_public_on_demand_cost"] = "<cost>"
        cells["pricing_public_on_demand_rate"] = price
        cells["pricing_rate_code"] = "\(sku).JRTCKXETXF.6YS6EN2CT7"
        cells["pricing_rate_id"] = "4\(weight)819\(rateDigits)"
        cells["pricing_term"] = "OnDemand"
        cells["pricing_unit"] = unit
        cells["product"] = productMap
        cells["product_instance_type"] = instanceType
        cells["product_instance_family"] = instanceType.isEmpty ? "" : "General purpose"
        cells["product_location"] = "US East (N. Virginia)"
        cells["product_location_type"] = "AWS Region"
        cells["product_operation"] = operation
        cells["product_product_family"] = family
        cells["product_region_code"] = "us-east-1"
        cells["product_servicecode"] = code
        cells["product_sku"] = sku
        cells["product_usagetype"] = usageType
        cells["resource_tags"] =
            "{\"aws_created_by\":\"AssumedRole:AROAEXAMPLEDEPLOY01:pipeline\",\"user_environment\":\"production\",\"user_team\":\"<team>\"}"
        return BillColumns.row(of: account.payer, cells)
    }

    private var sku: String {
        var text = Text()
        var random = SeededRandom(seed: UInt64(rate), .bill, number: weight)
        text.append(characters: 16, of: .upper, random: &random)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private var rateDigits: String { String(rate % 100_000) }

    private var productMap: String {
        let compute =
            instanceType.isEmpty
            ? ""
            : """
            ,"vcpu":"4","memory":"16 GiB","operating_system":"Linux","tenancy":"Shared","physical_processor":"Intel Xeon Scalable",\
            "network_performance":"Up to 12500 Megabit","license_model":"No License required","current_generation":"Yes"
            """
        return
            "{\"product_name\":\"\(name)\",\"region\":\"us-east-1\",\"servicename\":\"\(name)\",\"group\":\"\(family)\"\(compute)}"
    }
}

/// Draws rows of other services for a set of accounts.
struct OtherServiceRows: Sendable {
    private let kinds: [(service: OtherService, rows: [Template<BillSlot>])]
    private let totalWeight: Int
    private let resourcesPerKind: Int

    /// A kind has `resourcesPerKind` instances, buckets or functions, each of which recurs hour by hour.
    init(accounts: [Account], resourcesPerKind: Int) {
        kinds = OtherService.all.map { service in (service, accounts.map(service.row)) }
        totalWeight = OtherService.all.reduce(0) { $0 + $1.weight }
        self.resourcesPerKind = resourcesPerKind
    }

    /// An hourly row at any hour of the month.
    func draw(_ random: inout SeededRandom) -> BillLine {
        var rest = random.below(totalWeight)
        var index = 0
        while rest >= kinds[index].service.weight {
            rest -= kinds[index].service.weight
            index += 1
        }
        let (service, rows) = kinds[index]
        let amount = random.between(service.amount)
        let start = Moment(day: 0, hour: random.below(Moment.hoursInMonth))
        // Ten digits of quantity, as metering by the second or byte gives; whole ones stay whole.
        let noise = service.amount.lowerBound == service.amount.upperBound ? 0 : random.below(10_000)
        return BillLine(
            template: rows[random.below(rows.count)], start: start, end: start.adding(seconds: 3600),
            quantity: amount * 10_000 + noise, cost: Int((Int128(amount) * Int128(service.rate)) / 1_000_000),
            resource: random.below(resourcesPerKind) * 64 + index, isCharge: false)
    }
}
