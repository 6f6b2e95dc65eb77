// Package mongostore keeps drawings in MongoDB, or in what speaks its protocol,
// in the collection and the form of the Node.js server: documents {openId, id,
// actions}. It never looks into a drawing.
package mongostore

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/wecos-go/wecos/internal/servers/session/drawing"
)

// Collection holds the drawings.
const Collection = "paints"

const (
	selection = 1200 * time.Millisecond // until a server is known to be there
	attempts  = 5
	pause     = 20 * time.Millisecond // before the second attempt, then twice as long
	// Growing drawings are counted from this size on, new ones always.
	uncounted = 64 << 10
	// nearLimit is how close to the limit a new drawing is counted again: as many
	// may have been saved at the same time.
	nearLimit = 100
)

// Store is a drawing.Store.
type Store struct {
	client *mongo.Client
	paints *mongo.Collection
	limits drawing.Limits

	mu      sync.Mutex
	indexed bool
}

var _ drawing.Store = (*Store)(nil)

// Open returns the store at opt. It connects when it is first used, and again
// whenever it has to.
func Open(opt Options, limits drawing.Limits) (*Store, error) {
	client, err := opt.client()
	if err != nil {
		return nil, err
	}
	c, err := mongo.Connect(client)
	if err != nil {
		return nil, err
	}
	return &Store{client: c, paints: c.Database(opt.Database).Collection(Collection), limits: limits}, nil
}

var (
	newestFirst = options.Find().SetSort(bson.D{{Key: "_id", Value: -1}}).
			SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}, {Key: "actions", Value: 1}})
	upsert = options.UpdateOne().SetUpsert(true)
)

func of(owner string) bson.D { return bson.D{{Key: "openId", Value: owner}} }
func ofOne(owner, id string) bson.D {
	return bson.D{{Key: "openId", Value: owner}, {Key: "id", Value: id}}
}

// List implements drawing.Store.
func (s *Store) List(ctx context.Context, owner string) (list []drawing.Drawing, err error) {
	err = s.retry(ctx, func() error {
		list = []drawing.Drawing{}
		found, err := s.paints.Find(ctx, of(owner), newestFirst)
		if err != nil {
			return err
		}
		return found.All(ctx, &list)
	})
	return list, err
}

// Save implements drawing.Store.
func (s *Store) Save(ctx context.Context, owner string, d drawing.Drawing) error {
	if err := s.index(ctx); err != nil {
		return err
	}
	return s.retry(ctx, func() error { return s.save(ctx, owner, d) })
}

func (s *Store) save(ctx context.Context, owner string, d drawing.Drawing) error {
	change := bson.D{{Key: "$set", Value: bson.D{{Key: "actions", Value: d.Actions}, {Key: "size", Value: len(d.Actions)}}}}
	one := ofOne(owner, d.ID)
	if len(d.Actions) > uncounted {
		if _, err := s.room(ctx, owner, d); err != nil {
			return err
		}
	}
	done, err := s.paints.UpdateOne(ctx, one, change)
	if err != nil || done.MatchedCount > 0 {
		return err
	}
	others, err := s.room(ctx, owner, d)
	if err != nil {
		return err
	}
	// The id says how new a drawing is.
	fresh := bson.NewObjectID()
	change = append(change, bson.E{Key: "$setOnInsert", Value: bson.D{{Key: "_id", Value: fresh}}})
	done, err = s.paints.UpdateOne(ctx, one, change, upsert)
	if err != nil || done.UpsertedCount == 0 || others+nearLimit < s.limits.Drawings {
		return err
	}
	if _, err := s.room(ctx, owner, d); err != nil {
		_, undo := s.paints.DeleteOne(ctx, bson.D{{Key: "_id", Value: fresh}})
		return errors.Join(err, undo)
	}
	return nil
}

// room fails with a *LimitError where the owner's other drawings leave none for
// d, and counts them. The sizes are added up here: not everything that speaks
// the protocol groups well.
func (s *Store) room(ctx context.Context, owner string, d drawing.Drawing) (others int, err error) {
	match := append(of(owner), bson.E{Key: "id", Value: bson.D{{Key: "$ne", Value: d.ID}}})
	find := options.Find().SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "size", Value: 1}}).
		SetLimit(int64(s.limits.Drawings)).SetBatchSize(int32(s.limits.Drawings))
	found, err := s.paints.Find(ctx, match, find)
	if err != nil {
		return 0, err
	}
	var sizes []struct {
		Size int64 `bson:"size"` // old documents have none
	}
	if err := found.All(ctx, &sizes); err != nil {
		return 0, err
	}
	total := int64(len(d.Actions))
	for _, other := range sizes {
		total += other.Size
	}
	if len(sizes) >= s.limits.Drawings || total > s.limits.Bytes {
		return 0, &drawing.LimitError{Limits: s.limits}
	}
	return len(sizes), nil
}

// Delete implements drawing.Store.
func (s *Store) Delete(ctx context.Context, owner, id string) error {
	return s.retry(ctx, func() error {
		_, err := s.paints.DeleteMany(ctx, ofOne(owner, id))
		return err
	})
}

// retry carries out do again where another request was faster, or the connection
// broke: what these methods do may be done twice.
func (s *Store) retry(ctx context.Context, do func() error) error {
	wait := pause
	for i := 1; ; i++ {
		err := do()
		if err == nil || i == attempts || ctx.Err() != nil {
			return err
		}
		if _, full := errors.AsType[*drawing.LimitError](err); full {
			return err
		}
		if !mongo.IsDuplicateKeyError(err) && !mongo.IsNetworkError(err) {
			return err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return err
		}
	}
}

// Ping implements drawing.Store.
func (s *Store) Ping(ctx context.Context) error { return s.client.Ping(ctx, nil) }

// Close implements drawing.Store.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), selection)
	defer cancel()
	return s.client.Disconnect(ctx)
}
