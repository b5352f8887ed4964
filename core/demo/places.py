"""Places in Vietnam as addresses name them: before July 2025 with districts and 63 provinces, since then without and 34."""

from __future__ import annotations

from dataclasses import dataclass

PROVINCES = (
    "Hà Nội", "Hải Phòng", "Huế", "Đà Nẵng", "Cần Thơ", "TP. Hồ Chí Minh", "Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn",
    "Quảng Ninh", "Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Cao Bằng", "Tuyên Quang", "Lào Cai", "Thái Nguyên", "Phú Thọ",
    "Bắc Ninh", "Hưng Yên", "Ninh Bình", "Quảng Trị", "Quảng Ngãi", "Gia Lai", "Khánh Hòa", "Lâm Đồng", "Đắk Lắk",
    "Đồng Nai", "Tây Ninh", "Vĩnh Long", "Đồng Tháp", "Cà Mau", "An Giang",
)  # fmt: skip
"""The 34 provinces and centrally run cities since 01/07/2025."""


@dataclass(frozen=True, slots=True)
class Town:
    """A place in both systems; ``tax_prefix`` are the first two digits of tax codes given out there."""

    weight: int
    province: str
    old_province: str
    tax_prefix: str
    old_wards: tuple[tuple[str, str], ...]
    """(district, ward) until June 2025."""
    wards: tuple[str, ...]
    """Wards since July 2025."""


TOWNS = (
    Town(24, "Hà Nội", "Hà Nội", "01",
         (("Quận Hoàn Kiếm", "Phường Hàng Bạc"), ("Quận Hoàn Kiếm", "Phường Tràng Tiền"), ("Quận Ba Đình", "Phường Kim Mã"),
          ("Quận Ba Đình", "Phường Giảng Võ"), ("Quận Đống Đa", "Phường Láng Hạ"), ("Quận Đống Đa", "Phường Ô Chợ Dừa"),
          ("Quận Cầu Giấy", "Phường Dịch Vọng"), ("Quận Thanh Xuân", "Phường Nhân Chính"),
          ("Quận Hà Đông", "Phường Văn Quán"), ("Quận Long Biên", "Phường Bồ Đề")),
         ("Phường Hoàn Kiếm", "Phường Cửa Nam", "Phường Ba Đình", "Phường Ngọc Hà", "Phường Đống Đa", "Phường Láng",
          "Phường Cầu Giấy", "Phường Nghĩa Đô", "Phường Yên Hòa", "Phường Hà Đông")),
    Town(28, "TP. Hồ Chí Minh", "TP. Hồ Chí Minh", "03",
         (("Quận 1", "Phường Bến Nghé"), ("Quận 1", "Phường Đa Kao"), ("Quận 3", "Phường Võ Thị Sáu"),
          ("Quận 7", "Phường Tân Phong"), ("Quận 10", "Phường 12"), ("Quận Bình Thạnh", "Phường 25"),
          ("Quận Gò Vấp", "Phường 10"), ("Quận Tân Bình", "Phường 4"), ("Thành phố Thủ Đức", "Phường Thảo Điền"),
          ("Huyện Bình Chánh", "Xã Vĩnh Lộc A")),
         ("Phường Sài Gòn", "Phường Bến Thành", "Phường Tân Định", "Phường Xuân Hòa", "Phường Chợ Lớn",
          "Phường Gia Định", "Phường Gò Vấp", "Phường Tân Hưng", "Phường Thủ Đức", "Phường An Khánh")),
    Town(4, "TP. Hồ Chí Minh", "Bình Dương", "37",
         (("Thành phố Thủ Dầu Một", "Phường Phú Cường"), ("Thành phố Dĩ An", "Phường Đông Hòa")),
         ("Phường Thủ Dầu Một", "Phường Dĩ An", "Phường Bình Dương")),
    Town(7, "Đà Nẵng", "Đà Nẵng", "04",
         (("Quận Hải Châu", "Phường Thạch Thang"), ("Quận Thanh Khê", "Phường Chính Gián"),
          ("Quận Sơn Trà", "Phường An Hải Bắc"), ("Quận Ngũ Hành Sơn", "Phường Mỹ An")),
         ("Phường Hải Châu", "Phường Hòa Cường", "Phường Sơn Trà", "Phường Thanh Khê", "Phường Ngũ Hành Sơn")),
    Town(2, "Đà Nẵng", "Quảng Nam", "40",
         (("Thành phố Hội An", "Phường Minh An"), ("Thành phố Tam Kỳ", "Phường An Mỹ")),
         ("Phường Hội An", "Phường Tam Kỳ")),
    Town(5, "Hải Phòng", "Hải Phòng", "02",
         (("Quận Hồng Bàng", "Phường Minh Khai"), ("Quận Ngô Quyền", "Phường Máy Tơ"), ("Quận Lê Chân", "Phường An Biên")),
         ("Phường Hồng Bàng", "Phường Ngô Quyền", "Phường Lê Chân", "Phường Hải An")),
    Town(4, "Cần Thơ", "Cần Thơ", "18",
         (("Quận Ninh Kiều", "Phường Tân An"), ("Quận Bình Thủy", "Phường An Thới"), ("Quận Cái Răng", "Phường Lê Bình")),
         ("Phường Ninh Kiều", "Phường Cái Khế", "Phường Bình Thủy", "Phường Cái Răng")),
    Town(3, "Huế", "Thừa Thiên Huế", "33",
         (("Quận Thuận Hóa", "Phường Vĩnh Ninh"), ("Quận Phú Xuân", "Phường Tây Lộc")),
         ("Phường Thuận Hóa", "Phường Phú Xuân", "Phường Vỹ Dạ", "Phường An Cựu")),
    Town(3, "Nghệ An", "Nghệ An", "29",
         (("Thành phố Vinh", "Phường Hưng Bình"), ("Thành phố Vinh", "Phường Quang Trung")),
         ("Phường Trường Vinh", "Phường Thành Vinh", "Phường Vinh Phú", "Phường Cửa Lò")),
    Town(3, "Thanh Hóa", "Thanh Hóa", "28",
         (("Thành phố Thanh Hóa", "Phường Ba Đình"), ("Thành phố Sầm Sơn", "Phường Trường Sơn")),
         ("Phường Hạc Thành", "Phường Sầm Sơn")),
    Town(3, "Khánh Hòa", "Khánh Hòa", "42",
         (("Thành phố Nha Trang", "Phường Lộc Thọ"), ("Thành phố Nha Trang", "Phường Vĩnh Hải")),
         ("Phường Nha Trang", "Phường Bắc Nha Trang", "Phường Cam Ranh")),
    Town(3, "Đồng Nai", "Đồng Nai", "36",
         (("Thành phố Biên Hòa", "Phường Quyết Thắng"), ("Thành phố Long Khánh", "Phường Xuân An")),
         ("Phường Trấn Biên", "Phường Biên Hòa", "Phường Long Khánh")),
    Town(2, "Quảng Ninh", "Quảng Ninh", "57",
         (("Thành phố Hạ Long", "Phường Bãi Cháy"), ("Thành phố Cẩm Phả", "Phường Cẩm Trung")),
         ("Phường Hồng Gai", "Phường Bãi Cháy", "Phường Cẩm Phả")),
    Town(2, "Lâm Đồng", "Lâm Đồng", "58",
         (("Thành phố Đà Lạt", "Phường 1"), ("Thành phố Bảo Lộc", "Phường Lộc Tiến")),
         ("Phường Xuân Hương - Đà Lạt", "Phường Lâm Viên - Đà Lạt")),
    Town(2, "Đắk Lắk", "Đắk Lắk", "60",
         (("Thành phố Buôn Ma Thuột", "Phường Tân Lợi"), ("Thành phố Buôn Ma Thuột", "Phường Tự An")),
         ("Phường Buôn Ma Thuột", "Phường Tân Lập")),
    Town(2, "An Giang", "Kiên Giang", "17",
         (("Thành phố Rạch Giá", "Phường Vĩnh Lạc"), ("Thành phố Phú Quốc", "Phường Dương Đông")),
         ("Phường Rạch Giá", "Đặc khu Phú Quốc")),
    Town(2, "Bắc Ninh", "Bắc Giang", "24",
         (("Thành phố Bắc Giang", "Phường Ngô Quyền"), ("Thị xã Việt Yên", "Phường Bích Động")),
         ("Phường Bắc Giang", "Phường Việt Yên")),
)  # fmt: skip

STREETS = (
    "Trần Hưng Đạo", "Lê Lợi", "Nguyễn Huệ", "Quang Trung", "Hai Bà Trưng", "Lý Thường Kiệt", "Nguyễn Trãi", "Trần Phú",
    "Điện Biên Phủ", "Cách Mạng Tháng Tám", "Lê Duẩn", "Hùng Vương", "Phan Chu Trinh", "Phan Bội Châu", "Ngô Quyền",
    "Bà Triệu", "Nguyễn Du", "Lê Thánh Tôn", "Đinh Tiên Hoàng", "Võ Văn Kiệt", "Hoàng Diệu", "Nguyễn Thị Minh Khai",
    "Đặng Văn Ngữ", "Trường Chinh", "Tôn Đức Thắng", "Phạm Ngũ Lão", "Lạc Long Quân", "Âu Cơ", "Xô Viết Nghệ Tĩnh", "Láng",
)  # fmt: skip
