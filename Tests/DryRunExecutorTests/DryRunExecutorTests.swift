// Filled by its own slice.
