package main

import "os"

// A process on Windows cannot be asked to end by another one, so the scripts
// with servers skip there.
var signals = map[string]os.Signal{}
