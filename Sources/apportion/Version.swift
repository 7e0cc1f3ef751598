/// The version of this program, which is part of every run's fingerprint.
enum Version {
    static let text = "0.1.0"
}
