package mongostore

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// index makes the unique index of owner and id, once: without it racing saves
// would leave several documents. The Node.js server had none and left some.
func (s *Store) index(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.indexed {
		return nil
	}
	err := s.createIndex(ctx)
	// MongoDB says that there are duplicates, others only that it did not work.
	if _, answered := errors.AsType[mongo.ServerError](err); answered {
		if err = s.partDoubles(ctx); err == nil {
			err = s.createIndex(ctx)
		}
	}
	s.indexed = err == nil
	return err
}

func (s *Store) createIndex(ctx context.Context) error {
	_, err := s.paints.Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys:    bson.D{{Key: "openId", Value: 1}, {Key: "id", Value: 1}},
		Options: options.Index().SetName("openId_1_id_1").SetUnique(true),
	})
	return err
}

// partDoubles gives documents of one owner that share an id ids of their own. The
// oldest keeps it, since that is the one that the Node.js server went on changing.
// Nothing is lost: every document is still listed.
func (s *Store) partDoubles(ctx context.Context) error {
	found, err := s.paints.Find(ctx, bson.D{}, options.Find().
		SetSort(bson.D{{Key: "_id", Value: 1}}).
		SetProjection(bson.D{{Key: "openId", Value: 1}, {Key: "id", Value: 1}}))
	if err != nil {
		return err
	}
	defer func() { _ = found.Close(ctx) }()
	seen := map[string]int{}
	for found.Next(ctx) {
		owner, id := found.Current.Lookup("openId"), found.Current.Lookup("id")
		name := owner.String() + "\n" + id.String()
		seen[name]++
		if seen[name] == 1 {
			continue
		}
		text, _ := id.StringValueOK()
		key := found.Current.Lookup("_id")
		other := fmt.Sprintf("%s-%d", text, seen[name])
		if hex, ok := key.ObjectIDOK(); ok {
			other = text + "-" + hex.Hex() // which nobody else has
		}
		_, err := s.paints.UpdateOne(ctx, bson.D{{Key: "_id", Value: key}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "id", Value: other}}}})
		if err != nil {
			return err
		}
	}
	return found.Err()
}
