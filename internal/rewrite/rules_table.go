package rewrite

const (
	typings  = "miniprogram-api-typings 5.2.3"
	docs     = "developers.weixin.qq.com/miniprogram/dev/"
	fileOnly = "takes only a file of the package or a downloaded one"
)

// rules is the platform's table: every place that is known to read an image,
// and what may stand there. It has the state of the official documentation of
// July 2026. Where the documentation says nothing about URLs, the image stays.
var rules = []rule{
	// WXML
	{place: inAttribute, names: "image", keys: "src", file: yes, url: yes, sources: docs + "component/image.html"},
	{place: inAttribute, names: "cover-image", keys: "src", file: yes, url: yes, sources: docs + "component/cover-image.html (1.6.0)"},
	{place: inAttribute, names: "video", keys: "poster", file: no, url: yes, sources: docs + "component/video.html"},
	{place: inAttribute, names: "audio", keys: "poster", file: unknown, url: yes, sources: docs + "component/audio.html"},
	{place: inAttribute, names: "live-pusher", keys: "waiting-image", file: yes, url: yes, sources: docs + "component/live-pusher.html"},
	{place: inAttribute, names: "open-data", keys: "default-avatar", file: yes, url: yes, sources: docs + "component/open-data.html"},
	{place: inAttribute, names: "map", keys: "controls", file: yes, url: no,
		hint: "icons of map controls must be files of the package", sources: docs + "component/map.html#control"},
	{place: inAttribute, names: "map", keys: "polyline", file: yes, url: unknown,
		hint: "the documentation does not say that a polyline's arrow icon may be a URL", sources: docs + "component/map.html#polyline"},
	{place: inAttribute, names: "xr-asset-load", keys: "src", file: unknown, url: unknown,
		hint: "the documentation does not say that xr-asset-load loads this from a URL", sources: docs + "component/xr-frame/"},
	{place: inAttribute, names: "button", keys: "send-message-img", file: unknown, url: unknown,
		hint: "the documentation does not say that send-message-img takes a URL", sources: docs + "component/button.html"},

	// Styles
	{place: inStyle, file: unknown, url: yes, sources: "a file of the package is unreliable on devices"},
	{place: inStyleSheet, file: no, url: yes, sources: docs + "framework/view/wxss.html (files work only in the developer tools)"},

	// JSON: nothing is ever rewritten
	{place: inJSONFile, names: "app.json", keys: "tabBar", file: required, url: no, reason: TabBarIcon,
		hint: "tab bar icons must be files of the package, also with a custom tab bar", sources: docs + "reference/configuration/app.html#tabBar"},
	{place: inJSONFile, names: "theme.json", file: required, url: no, reason: ThemeIcon,
		hint: "values of a theme may be tab bar icons, which must be files of the package", sources: docs + "framework/ability/darkmode.html"},
	{place: inJSONFile, file: unknown, url: unknown, reason: InJSON,
		hint: "references in JSON files are never rewritten", sources: "not documented"},

	// Properties, wherever they stand in a script: data bound to a component,
	// objects that are handed to the platform later, what a page returns
	{place: inProperty, keys: "src", file: yes, url: yes, sources: "data bound to src; canvas.createImage().src: " + docs + "api/canvas/Canvas.createImage.html"},
	{place: inProperty, keys: "poster", file: no, url: yes, sources: "data bound to poster"},
	{place: inProperty, keys: "imageUrl", file: yes, url: yes, sources: docs + "reference/api/Page.html#onShareAppMessage-Object-object"},
	{place: inProperty, keys: "iconPath", file: yes, url: yes, sources: docs + "component/map.html#marker (2.3.0)"},
	{place: inProperty, keys: "selectedIconPath", file: yes, url: yes, sources: docs + "api/ui/tab-bar/wx.setTabBarItem.html (2.7.0)"},
	{place: inProperty, keys: "coverImgUrl", file: unknown, url: yes, sources: docs + "api/media/background-audio/BackgroundAudioManager.html"},
	{place: inProperty, keys: "attrs.src", file: no, url: yes, sources: docs + "component/rich-text.html (img)"},
	{place: inProperty, keys: "controls.iconPath", file: yes, url: no,
		hint: "icons of map controls must be files of the package", sources: docs + "component/map.html#control"},
	{place: inProperty, keys: "arrowIconPath", file: yes, url: unknown,
		hint: "the documentation does not say that a polyline's arrow icon may be a URL", sources: docs + "component/map.html#polyline"},
	{place: inProperty, keys: "photoFilePath", file: required, url: no, sources: docs + "api/device/contact/wx.addPhoneContact.html"},
	{place: inProperty, keys: "thumbPath", file: required, url: no, sources: typings},

	// Calls that take URLs
	{place: inCall, names: "setTabBarItem", keys: "iconPath selectedIconPath", file: yes, url: yes, sources: docs + "api/ui/tab-bar/wx.setTabBarItem.html (2.7.0)"},
	{place: inCall, names: "previewImage", keys: "urls current", file: no, url: yes, sources: docs + "api/media/image/wx.previewImage.html"},
	{place: inCall, names: "setLocMarkerIcon", keys: "iconPath", file: yes, url: yes, sources: docs + "api/media/map/MapContext.setLocMarkerIcon.html"},
	{place: inCall, names: "addGroundOverlay updateGroundOverlay", keys: "src", file: yes, url: yes, sources: docs + "api/media/map/MapContext.addGroundOverlay.html"},
	{place: inCall, names: "insertImage", keys: "src", file: no, url: yes, sources: docs + "api/media/editor/EditorContext.insertImage.html"},

	// Calls that take files only
	{place: inCall, names: "showToast", keys: "image", file: required, url: no,
		hint: "showToast shows only files of the package", sources: docs + "api/ui/interaction/wx.showToast.html"},
	{place: inCall, names: "drawImage", file: required, url: no,
		hint: "the old canvas draws only files; Canvas 2D loads a URL with createImage", sources: docs + "api/canvas/CanvasContext.drawImage.html"},
	{place: inCall, names: "createPattern", file: required, url: no,
		hint: "the old canvas draws only files; Canvas 2D loads a URL with createImage", sources: docs + "api/canvas/CanvasContext.createPattern.html"},
	{place: inCall, names: "getImageInfo", keys: "src", file: yes, url: unknown,
		hint: "getImageInfo takes a URL only when its host is in the app's list of download domains", sources: docs + "api/media/image/wx.getImageInfo.html"},
	{place: inCall, names: "compressImage cropImage editImage", keys: "src", file: required, url: no, hint: fileOnly, sources: docs + "api/media/image/"},
	{place: inCall, names: "saveImageToPhotosAlbum", keys: "filePath", file: required, url: no, hint: fileOnly, sources: docs + "api/media/image/wx.saveImageToPhotosAlbum.html"},
	{place: inCall, names: "addPhoneContact", keys: "photoFilePath", file: required, url: no, hint: fileOnly, sources: docs + "api/device/contact/wx.addPhoneContact.html"},
	{place: inCall, names: "showShareImageMenu", keys: "path", file: required, url: no, hint: fileOnly, sources: docs + "api/share/wx.showShareImageMenu.html"},
	{place: inCall, names: "shareImageToGroup shareEmojiToGroup", keys: "imagePath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "shareToOfficialAccount", keys: "images", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "shareVideoMessage addVideoToFavorites shareVideoToGroup", keys: "thumbPath videoPath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "shareFileMessage addFileToFavorites shareFileToGroup saveFileToDisk", keys: "filePath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "openDocument", keys: "filePath", file: required, url: no, hint: fileOnly, sources: docs + "api/file/wx.openDocument.html"},
	{place: inCall, names: "uploadFile", keys: "filePath files.uri", file: required, url: no,
		hint: "uploadFile sends only files of the package or downloaded ones", sources: docs + "api/network/upload/wx.uploadFile.html; wx.cloud and uni have the same"},

	// FileSystemManager, and the methods of wx with the same names
	{place: inCall, names: "access stat", keys: "path", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "readFile writeFile appendFile open openSync truncate unlink getFileInfo removeSavedFile readZipEntry readCompressedFile readCompressedFileSync",
		keys: "filePath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "mkdir rmdir readdir", keys: "dirPath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "saveFile", keys: "tempFilePath filePath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "copyFile", keys: "srcPath destPath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "rename", keys: "oldPath newPath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "unzip", keys: "zipFilePath targetPath", file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "accessSync statSync readFileSync writeFileSync appendFileSync unlinkSync mkdirSync rmdirSync readdirSync saveFileSync copyFileSync renameSync truncateSync",
		file: required, url: no, hint: fileOnly, sources: typings},
	{place: inCall, names: "saveFileSync copyFileSync renameSync", arg: 1, file: required, url: no, hint: fileOnly, sources: typings},
}
