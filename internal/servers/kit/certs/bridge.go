package certs

import (
	"context"
	"log/slog"
	"regexp"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// bridge lets the library that speaks ACME log to the server's own log.
func bridge(log *slog.Logger) *zap.Logger { return zap.New(&core{log: log}) }

// core implements zapcore.Core.
type core struct {
	log    *slog.Logger
	fields []zapcore.Field
}

var pointer = regexp.MustCompile(`^0x[0-9a-f]{6,16}$`)

var levels = map[zapcore.Level]slog.Level{
	zapcore.DebugLevel: slog.LevelDebug, zapcore.InfoLevel: slog.LevelInfo, zapcore.WarnLevel: slog.LevelWarn,
}

func levelOf(l zapcore.Level) slog.Level {
	if level, ok := levels[l]; ok {
		return level
	}
	return slog.LevelError
}

func (c *core) Enabled(l zapcore.Level) bool { return c.log.Enabled(context.Background(), levelOf(l)) }

func (c *core) With(fields []zapcore.Field) zapcore.Core {
	return &core{log: c.log, fields: append(c.fields[:len(c.fields):len(c.fields)], fields...)}
}

func (c *core) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

func (c *core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	values := zapcore.NewMapObjectEncoder()
	for _, list := range [][]zapcore.Field{c.fields, fields} {
		for _, f := range list {
			f.AddTo(values)
		}
	}
	attrs := make([]slog.Attr, 0, len(values.Fields)+1)
	attrs = append(attrs, slog.String("part", "certificates"))
	for name, v := range values.Fields {
		if text, ok := v.(string); ok && pointer.MatchString(text) {
			continue // where something lies in memory tells nobody anything
		}
		attrs = append(attrs, slog.Any(name, v))
	}
	c.log.LogAttrs(context.Background(), levelOf(e.Level), e.Message, attrs...)
	return nil
}

func (c *core) Sync() error { return nil }
