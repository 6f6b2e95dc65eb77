package config

// Album is the configuration of the album server.
type Album struct {
	Server
	COSAppID  string
	COSRegion string
	SecretID  Secret
	SecretKey Secret
	// Bucket is where the pictures go; "" is the embedded store in Data.
	Bucket string
	// Folder of the bucket that the pictures lie in, as given.
	Folder string
	// Domain that the pictures are read from, as given; "" is the bucket's own.
	Domain string
}

// NewAlbum returns the defaults.
func NewAlbum() *Album { return &Album{Server: newServer("album", 9993), Folder: "/"} }

func (a *Album) keys() []*serverKey {
	return []*serverKey{
		wordKey("cosAppId", &a.COSAppID, "number of the COS account"),
		textKey("cosRegion", &a.COSRegion, "region of the bucket, such as ap-guangzhou"),
		secretKey("cosSecretId", &a.SecretID, "id of the account's key").alias("COS_SECRET_ID"),
		secretKey("cosSecretKey", &a.SecretKey, "the account's key").alias("COS_SECRET_KEY"),
		textKey("cosFileBucket", &a.Bucket, "bucket of the pictures; without one they go to the folder data"),
		textKey("cosUploadFolder", &a.Folder, "folder of the bucket that the pictures go to"),
		textKey("cosDomain", &a.Domain, "domain that the pictures are read from"),
	}
}

func (a *Album) finish() error { return nil }
