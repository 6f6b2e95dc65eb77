/*M!999999\- enable the sandbox mode */
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON comment FOR EACH ROW BEGIN
  INSERT INTO video VALUES (99, 'never', 'carried', 'out');
END */;;
DELIMITER ;
INSERT INTO `video` (`id`, `video_title`, `video_image`, `video_url`) VALUES (1,'a',0x68747470733A2F2F612E6578616D706C652F612E6A7067,'https://a.example/a.mp4'),
(7,_utf8mb4 0xE78987,'https://a.example/片.jpg','https://a.example/片.mp4');
INSERT  IGNORE INTO `comment` (`id`, `vid`, `nick`, `avatar`, `content`) VALUES (3,7,'小明','https://a.example/me.png','It\'s \"good\"; -- really \\ \n次行 😀'),
(4,1,'b',NULL,'ok');
