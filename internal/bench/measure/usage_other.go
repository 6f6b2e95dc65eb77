//go:build !unix

package measure

import (
	"os"
	"time"
)

// maxRSS is not known here.
func maxRSS(*os.ProcessState) int64 { return 0 }

// Flush has no equal here.
func Flush() {}

// OwnCPU is not known here.
func OwnCPU() time.Duration { return 0 }
