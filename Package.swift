// swift-tools-version: 6.2
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
        .target(name: "Bytes", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "Records", dependencies: ["Bytes"], swiftSettings: strict),
        .target(name: "Registry", dependencies: ["Bytes", "Records"], swiftSettings: strict),
        .target(name: "Attribution", dependencies: ["Records", "Registry"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["Records", "Registry", "Attribution"], swiftSettings: strict),
        // One run from paths to a published folder: what is read in which order, on how many threads.
        .target(name: "Runs", dependencies: ["CSystem", "Bytes", "Records", "Registry", "Attribution", "Reports"], swiftSettings: strict),
        // Rechecks what Reports wrote, from the files alone; shares no code with it.
        .target(name: "Verification", dependencies: ["Bytes", "Records"], swiftSettings: strict),
        .target(name: "Sample", dependencies: ["CZlib"], swiftSettings: strict),
        .executableTarget(
            name: "apportion",
            dependencies: ["Bytes", "Records", "Registry", "Attribution", "Reports", "Runs", "Verification", "Sample"],
            swiftSettings: strict),
    ]
)
