import Sample
import TestSupport
import Testing

/// The sample is part of the documentation: the same seed writes the same bytes, another seed others.
@Suite struct SampleDeterminismTests {
    @Test func oneSeedOneMonth() throws {
        let places = [TemporaryFolder(), TemporaryFolder(), TemporaryFolder()]
        let seeds: [UInt64] = [1, 1, 2]
        var summaries: [SampleSummary] = []
        for (place, seed) in zip(places, seeds) {
            summaries.append(try writeSample(to: place.path + "/month", options: SampleOptions(seed: seed)))
        }
        #expect(summaries[0] == summaries[1])
        let found = files(below: places[0].path)
        #expect(found.count == summaries[0].files)
        #expect(found == files(below: places[1].path))
        for file in found { #expect(bytes(of: places[0].path + "/" + file) == bytes(of: places[1].path + "/" + file), "\(file)") }
        let different = files(below: places[2].path).filter { file in
            !found.contains(file) || bytes(of: places[2].path + "/" + file) != bytes(of: places[0].path + "/" + file)
        }
        #expect(!different.isEmpty)
    }

    @Test func theScaledSampleToo() throws {
        let places = [TemporaryFolder(), TemporaryFolder()]
        for place in places { _ = try writeSample(to: place.path + "/month", options: SampleOptions(seed: 7, scaleBytes: 200_000)) }
        let found = files(below: places[0].path)
        #expect(!found.isEmpty && found == files(below: places[1].path))
        for file in found { #expect(bytes(of: places[0].path + "/" + file) == bytes(of: places[1].path + "/" + file), "\(file)") }
    }
}
