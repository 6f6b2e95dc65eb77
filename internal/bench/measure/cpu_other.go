//go:build !linux

package measure

import "time"

// CPUOf is not known here.
func CPUOf(int) (time.Duration, bool) { return 0, false }
