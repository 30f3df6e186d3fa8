// swift-tools-version: 6.2
import Foundation
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
]

/// Sanitizer and fuzzer builds switch parts of the package on through the environment:
/// HEARTH_FUZZ=1 adds the fuzz targets, which link only with `-sanitize=fuzzer`.
let fuzzing = ProcessInfo.processInfo.environment["HEARTH_FUZZ"] != nil

var targets: [Target] = [
  .systemLibrary(name: "CLibevent", pkgConfig: "libevent_pthreads", providers: [.apt(["libevent-dev"])]),
  .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
  .target(name: "CHearth", cSettings: [.unsafeFlags(["-O2", "-Werror", "-Wall"])]),

  .target(name: "HearthStorage", dependencies: ["CHearth"], swiftSettings: strict),
  .target(name: "HearthProtocol", dependencies: ["CHearth"], swiftSettings: strict),
  .target(name: "HearthJSON", swiftSettings: strict),
  .target(name: "HearthHerd", dependencies: ["CHearth"], swiftSettings: strict),
  .target(name: "HearthNet", dependencies: ["CHearth", "CLibevent"], swiftSettings: strict),
  .target(
    name: "HearthConfig",
    dependencies: [
      "CHearth", .product(name: "Mustache", package: "swift-mustache"),
      .product(name: "Yams", package: "Yams"),
    ],
    swiftSettings: strict),
  .target(
    name: "HearthFeed",
    dependencies: [
      "CHearth", "CMariaDB", "CZlib", "CZstd", "HearthConfig",
      .product(name: "Mustache", package: "swift-mustache"),
    ],
    swiftSettings: strict),
  .target(name: "HearthCluster", dependencies: ["COpenSSL"], swiftSettings: strict),
  .target(
    name: "HearthServer",
    dependencies: [
      "CHearth", "CLibevent", "COpenSSL", "HearthCluster", "HearthConfig", "HearthFeed", "HearthHerd",
      "HearthJSON", "HearthNet", "HearthProtocol", "HearthStorage",
    ],
    swiftSettings: strict),

  .target(
    name: "HearthAdmin", dependencies: ["CHearth", "CLibevent", "HearthJSON", "HearthNet", "HearthProtocol"],
    swiftSettings: strict),

  .executableTarget(
    name: "hearthd", dependencies: ["HearthAdmin", "HearthConfig", "HearthFeed", "HearthServer"],
    swiftSettings: strict),
  .executableTarget(
    name: "hearthctl",
    dependencies: [
      "CHearth", "HearthAdmin", "HearthJSON",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], swiftSettings: strict),
  .target(name: "HearthRig", dependencies: ["CHearth"], swiftSettings: strict),
  .executableTarget(
    name: "hearth-bench",
    dependencies: [
      "CHearth", "HearthConfig", "HearthFeed", "HearthJSON", "HearthRig", "HearthServer",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Histogram", package: "hdrhistogram-swift"),
    ], swiftSettings: strict),

  .systemLibrary(
    name: "CLibmemcached", path: "Tests/CLibmemcached", pkgConfig: "libmemcached",
    providers: [.apt(["libmemcached-dev"])]),
  .target(
    name: "TestDatabase", dependencies: ["HearthRig"], path: "Tests/TestDatabase", swiftSettings: strict),
  .testTarget(name: "HearthStorageTests", dependencies: ["CHearth", "HearthStorage"], swiftSettings: strict),
  .testTarget(name: "HearthProtocolTests", dependencies: ["HearthProtocol"], swiftSettings: strict),
  .testTarget(
    name: "HearthFeedTests",
    dependencies: ["CHearth", "CZlib", "CZstd", "HearthConfig", "HearthFeed", "TestDatabase"],
    exclude: ["Binlog/Fixtures"], swiftSettings: strict),
  .testTarget(
    name: "HearthClusterTests", dependencies: ["CLibmemcached", "HearthCluster"], swiftSettings: strict),
  .testTarget(name: "HearthJSONTests", dependencies: ["HearthJSON"], swiftSettings: strict),
  .testTarget(name: "HearthHerdTests", dependencies: ["CHearth", "HearthHerd"], swiftSettings: strict),
  .testTarget(name: "HearthConfigTests", dependencies: ["HearthConfig"], swiftSettings: strict),
  .testTarget(
    name: "HearthServerTests",
    dependencies: [
      "CHearth", "CLibevent", "HearthCluster", "HearthConfig", "HearthNet", "HearthServer", "HearthStorage",
      "TestDatabase",
    ],
    swiftSettings: strict),
  .testTarget(name: "HearthAdminTests", dependencies: ["CHearth", "HearthAdmin"], swiftSettings: strict),
  .testTarget(
    name: "HearthctlTests", dependencies: ["HearthAdmin", "HearthJSON", "hearthctl"], swiftSettings: strict),
  .testTarget(name: "HearthBenchTests", dependencies: ["hearth-bench"], swiftSettings: strict),
  .testTarget(
    name: "Integration",
    dependencies: ["CHearth", "CLibmemcached", "COpenSSL", "HearthJSON", "HearthRig", "TestDatabase"],
    exclude: ["Clients/Python", "Feed/Python", "Mutex/Python"],
    swiftSettings: strict),
]

if fuzzing {
  targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz-classic", dependencies: ["CFuzzer", "HearthProtocol"], path: "Tests/Fuzz/Classic",
      swiftSettings: strict),
    .executableTarget(
      name: "fuzz-binlog", dependencies: ["CFuzzer", "HearthFeed"], path: "Tests/Fuzz/Binlog",
      swiftSettings: strict),
    .executableTarget(
      name: "fuzz-meta", dependencies: ["CFuzzer", "HearthProtocol"], path: "Tests/Fuzz/Meta",
      swiftSettings: strict),
    .executableTarget(
      name: "fuzz-peers", dependencies: ["CFuzzer", "HearthCluster", "HearthJSON"], path: "Tests/Fuzz/Peers",
      swiftSettings: strict),
    .executableTarget(
      name: "fuzz-udp", dependencies: ["CFuzzer", "HearthProtocol"], path: "Tests/Fuzz/UDP",
      swiftSettings: strict),
  ]
}

let package = Package(
  name: "hearth",
  products: [
    .executable(name: "hearthd", targets: ["hearthd"]),
    .executable(name: "hearthctl", targets: ["hearthctl"]),
    .executable(name: "hearth-bench", targets: ["hearth-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: targets
)
