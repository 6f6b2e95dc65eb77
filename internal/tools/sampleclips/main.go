// Command sampleclips draws the sample films of the video server and encodes
// them with ffmpeg, as H.264 and AAC in MP4 files that phones play, each with a
// JPEG poster; and the pictures of the mini-program, which need no ffmpeg. It is
// run by hand when one of them is to change; what it writes is committed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
)

// The shape of a film.
const (
	width, height = 480, 270
	frameRate     = 24
	seconds       = 6
	posterAt      = 2.5 // seconds
)

func main() {
	dir := flag.String("dir", "internal/servers/video/samples", "folder that the films go to")
	pictures := flag.String("applet", "internal/servers/video/applet/images", "folder that the pictures go to")
	only := flag.String("only", "", "the one film to make; - is none, but the pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, i := range icons {
		if err := i.write(*pictures); err != nil {
			fail(i.name, err)
		}
	}
	for i, s := range scenes {
		if *only != "" && *only != s.name {
			continue
		}
		if err := s.make(ctx, *dir, i); err != nil {
			fail(s.name, err)
		}
	}
}

func fail(name string, err error) {
	fmt.Fprintf(os.Stderr, "sampleclips: %s: %v\n", name, err)
	os.Exit(1)
}

// make writes the film and its poster.
func (s scene) make(ctx context.Context, dir string, number int) error {
	if err := s.poster(filepath.Join(dir, s.name+".jpg")); err != nil {
		return err
	}
	sound, err := os.CreateTemp("", "sampleclips-*.raw")
	if err != nil {
		return err
	}
	defer os.Remove(sound.Name())
	_, err = sound.Write(tune(number))
	if err := errors.Join(err, sound.Close()); err != nil {
		return err
	}
	film := filepath.Join(dir, s.name+".mp4")
	size := strconv.Itoa(width) + "x" + strconv.Itoa(height)
	cmd := exec.CommandContext(ctx, "ffmpeg", "-v", "error", "-y",
		"-f", "rawvideo", "-pix_fmt", "rgba", "-s", size, "-r", strconv.Itoa(frameRate), "-i", "pipe:0",
		"-f", "s16le", "-ar", strconv.Itoa(sampleRate), "-ac", "1", "-i", sound.Name(),
		// Baseline is what the oldest phones decode.
		"-c:v", "libx264", "-profile:v", "baseline", "-level", "3.0", "-pix_fmt", "yuv420p", "-preset", "veryslow", "-crf", "30", "-g", "72",
		"-c:a", "aac", "-b:a", "24k",
		// The index first, so that playing begins before all is there; nothing of
		// this computer or day in the file.
		"-movflags", "+faststart", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
		"-shortest", film)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	return errors.Join(s.frames(in), in.Close(), cmd.Wait())
}

func (s scene) frames(to io.Writer) error {
	for n := range frameRate * seconds {
		c := newCanvas()
		s.draw(c, float64(n)/frameRate)
		if _, err := to.Write(c.picture.Pix); err != nil {
			return err
		}
	}
	return nil
}

func (s scene) poster(name string) error {
	c := newCanvas()
	s.draw(c, posterAt)
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(jpeg.Encode(f, c.picture, &jpeg.Options{Quality: 78}), f.Close())
}
