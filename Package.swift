// swift-tools-version: 6.3
// Apportion has no package dependency: the standard library, Dispatch and the system's zlib are all it needs.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "apportion",
    products: [
        .executable(name: "apportion", targets: ["apportion"])
    ],
    targets: [
        // The rooms, in the order in which data flows through them. docs/architecture.md draws them.
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CSystem"),
        .target(name: "CKernels"),
        .target(name: "Bytes", dependencies: ["CZlib", "CKernels"], swiftSettings: strict),
        .target(name: "Records", dependencies: ["Bytes"], swiftSettings: strict),
        .target(name: "Registry", dependencies: ["Bytes", "Records"], swiftSettings: strict),
        // What people who review a registry want to know of it.
        .target(name: "Review", dependencies: ["Bytes", "Records", "Registry"], swiftSettings: strict),
        // What people decided, and what follows from it for the registry.
        .target(name: "Governance", dependencies: ["CSystem", "Bytes", "Records", "Registry"], swiftSettings: strict),
        .target(name: "Attribution", dependencies: ["Bytes", "Records", "Registry"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["Records", "Registry", "Attribution"], swiftSettings: strict),
        // The course of spend over published months: forecasts and anomalies.
        .target(name: "Trends", dependencies: ["Bytes", "Records", "Registry", "Published"], swiftSettings: strict),
        // A published run as one page, and its charts as pictures.
        .target(
            name: "Page", dependencies: ["Bytes", "Records", "Published", "Trends"],
            resources: [.embedInCode("Resources/chart.css"), .embedInCode("Resources/page.css"), .embedInCode("Resources/page.js")], swiftSettings: strict),
        // One run from paths to a published folder: what is read in which order, on how many threads.
        .target(name: "Runs", dependencies: ["CSystem", "Bytes", "Records", "Registry", "Governance", "Attribution", "Reports", "Published", "Page"], swiftSettings: strict),
        // What lies in unknown folders, and what it means for attribution.
        .target(
            name: "Inspection", dependencies: ["Bytes", "Records", "Registry", "Attribution", "Reports", "Runs"], swiftSettings: strict),
        // Rechecks what Reports wrote, from the files alone; shares no code with it.
        .target(name: "Verification", dependencies: ["Bytes", "Records"], swiftSettings: strict),
        .target(name: "Sample", dependencies: ["CZlib"], swiftSettings: strict),
        // Tables, bars and sparklines for whoever prints to a terminal; knows nothing of what they show.
        .target(name: "Terminal", swiftSettings: strict),
        // The files of a published run, read back.
        .target(name: "Published", dependencies: ["Bytes", "Records"], swiftSettings: strict),
        // Where every workload stands, of decisions and a published run.
        .target(name: "Status", dependencies: ["Bytes", "Records", "Registry", "Governance", "Published"], swiftSettings: strict),
        // A published run as it is looked at: rows chosen, laid out for a terminal, or handed on as they stand in the files.
        .target(name: "Views", dependencies: ["Bytes", "Records", "Published", "Terminal"], swiftSettings: strict),
        .executableTarget(
            name: "apportion",
            dependencies: ["Bytes", "Records", "Registry", "Attribution", "Reports", "Runs", "Inspection", "Review", "Governance", "Status", "Verification", "Sample", "Published", "Trends", "Page", "Terminal", "Views"],
            swiftSettings: strict),
        // Tests. TestSupport builds tiny inputs; Golden and Errors run the built program on folders; Fuzz is run by `make test` in release mode.
        .target(
            name: "TestSupport", dependencies: ["CZlib", "Bytes", "Records", "Registry", "Attribution", "Reports", "Runs"],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "BytesTests", dependencies: ["CKernels", "Bytes", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "RecordsTests", dependencies: ["Bytes", "Records", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "RegistryTests", dependencies: ["Records", "Registry", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "ReviewTests", dependencies: ["Records", "Registry", "Review", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "GovernanceTests", dependencies: ["Bytes", "Records", "Registry", "Governance", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests", dependencies: ["TestSupport", "apportion"], path: "Tests/CommandLine", swiftSettings: strict),
        .testTarget(
            name: "AttributionTests", dependencies: ["Bytes", "Records", "Registry", "Attribution", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ReportsTests", dependencies: ["Records", "Registry", "Attribution", "Reports", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "VerificationTests", dependencies: ["Records", "Verification", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"], swiftSettings: strict),
        .testTarget(
            name: "ViewsTests", dependencies: ["Published", "Terminal", "Views", "TestSupport", "apportion"], exclude: ["expected"], swiftSettings: strict),
        .testTarget(name: "TrendsTests", dependencies: ["Records", "Registry", "Published", "Trends", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PageTests", dependencies: ["Published", "Page", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RunsTests", dependencies: ["Bytes", "Records", "Runs", "Sample", "TestSupport", "apportion"], swiftSettings: strict),
        .testTarget(
            name: "TextTests", dependencies: ["Bytes", "Registry", "Inspection", "TestSupport", "apportion"], exclude: ["golden"], swiftSettings: strict),
        .testTarget(
            name: "GoldenTests", dependencies: ["TestSupport", "apportion"], path: "Tests/Golden", exclude: ["cases", "README.md", "update.sh"],
            swiftSettings: strict),
        .testTarget(
            name: "ErrorTests", dependencies: ["TestSupport", "apportion"], path: "Tests/Errors", exclude: ["cases", "README.md"],
            swiftSettings: strict),
        .executableTarget(
            name: "apportion-fuzz", dependencies: ["Runs", "Records", "Sample", "Verification", "TestSupport"], path: "Tests/Fuzz",
            swiftSettings: strict),
        // The yardstick, and the layers of a run alone. Benchmarks/bench.py runs them beside the program.
        .executableTarget(name: "apportion-inflate", dependencies: ["CZlib", "Bytes"], path: "Benchmarks/Yardstick", swiftSettings: strict),
        .executableTarget(
            name: "apportion-layers", dependencies: ["Bytes", "Records", "Registry", "Attribution", "Reports", "Runs"], path: "Benchmarks/Layers",
            swiftSettings: strict),
    ]
)
