/// What a `Slab` can hold: plain bytes with room for the number of another element.
protocol SlabElement: BitwiseCopyable {
  /// The next free element while this one is free; its owner's while it is taken.
  var next: UInt32 { get set }
}
