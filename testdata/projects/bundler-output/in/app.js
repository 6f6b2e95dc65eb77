require("./runtime"),require("./vendors"),require("./app-chunk");
