public enum SamplePlaceholder {}
