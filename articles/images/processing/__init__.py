"""Image processing: validation of uploads, decoding within limits, and renditions."""
