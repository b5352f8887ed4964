"""Parts of Vietnamese names with how often they occur, roughly as in the population; Đặng is frequent on purpose."""

from __future__ import annotations

from collections.abc import Mapping

FAMILY_NAMES: Mapping[str, int] = {
    "Nguyễn": 300, "Trần": 105, "Lê": 88, "Đặng": 70, "Phạm": 60, "Hoàng": 28, "Huỳnh": 24, "Vũ": 26, "Võ": 24,
    "Phan": 28, "Trương": 22, "Bùi": 21, "Đỗ": 19, "Ngô": 17, "Hồ": 15, "Dương": 14, "Đinh": 10, "Đoàn": 8, "Lâm": 8,
    "Trịnh": 7, "Đào": 7, "Mai": 6, "Lương": 6, "Cao": 6, "Hà": 6, "Lý": 6, "Tạ": 5, "Tô": 4, "Thái": 4, "Châu": 4,
    "Quách": 3, "Nghiêm": 2, "Ông": 1, "Âu Dương": 1, "Tôn Nữ": 1,
}  # fmt: skip

MALE_MIDDLE_NAMES: Mapping[str, int] = {
    "Văn": 40, "Đức": 14, "Minh": 13, "Quang": 12, "Hữu": 11, "Công": 9, "Thanh": 8, "Ngọc": 8, "Xuân": 7, "Đình": 7,
    "Anh": 6, "Quốc": 6, "Tuấn": 6, "Trọng": 5, "Hoàng": 5, "Gia": 5, "Bá": 4, "Viết": 3, "Duy": 5, "Thế": 4, "Đăng": 2,
}  # fmt: skip

FEMALE_MIDDLE_NAMES: Mapping[str, int] = {
    "Thị": 45, "Thị Thu": 9, "Thị Thanh": 8, "Thị Ngọc": 8, "Thị Kim": 6, "Thị Mỹ": 5, "Ngọc": 10, "Thu": 8, "Thanh": 8,
    "Phương": 7, "Minh": 6, "Bảo": 5, "Khánh": 5, "Hồng": 5, "Quỳnh": 4, "Thùy": 5, "Diệu": 3, "Như": 3, "Ánh": 2,
}  # fmt: skip

MALE_GIVEN_NAMES: Mapping[str, int] = {
    "Hùng": 22, "Tuấn": 22, "Dũng": 19, "Nam": 16, "Minh": 20, "Hải": 15, "Long": 15, "Sơn": 14, "Thành": 15, "Đức": 14,
    "Cường": 14, "Anh": 14, "Huy": 16, "Phúc": 12, "Khoa": 10, "Khánh": 10, "Quân": 11, "Trung": 12, "Tùng": 10,
    "Việt": 10, "Bình": 9, "Hoàng": 12, "Thắng": 11, "Tâm": 7, "Toàn": 8, "Thịnh": 8, "Lộc": 7, "Phong": 9, "Đạt": 12,
    "Kiên": 9, "Hiếu": 11, "Vinh": 8, "Quý": 6, "Tú": 7, "Ân": 4, "Ẩn": 1, "Ước": 1, "Đông": 4, "Nhật": 6, "Bảo": 10,
    "An": 6, "Chiến": 5, "Giang": 5, "Hậu": 4, "Lâm": 6, "Nghĩa": 6, "Phát": 6, "Tài": 6, "Thiện": 5, "Vũ": 6, "Đăng": 4,
}  # fmt: skip

FEMALE_GIVEN_NAMES: Mapping[str, int] = {
    "Hương": 20, "Lan": 18, "Hoa": 16, "Linh": 20, "Trang": 18, "Thảo": 17, "Hà": 17, "Mai": 15, "Ngọc": 14, "Hằng": 15,
    "Hạnh": 13, "Nga": 12, "Thủy": 14, "Phương": 16, "Yến": 12, "Dung": 11, "Loan": 10, "Tuyết": 9, "Vân": 12,
    "Nhung": 12, "Anh": 16, "Huyền": 13, "Trâm": 9, "Uyên": 8, "Vy": 9, "My": 8, "Chi": 10, "Diệp": 5, "Hiền": 12,
    "Liên": 9, "Oanh": 8, "Quyên": 8, "Quỳnh": 10, "Thơ": 4, "Thư": 9, "Trinh": 8, "Xuân": 7, "Ánh": 6, "Ân": 2,
    "Hoà": 3, "Hòa": 6, "Thắm": 5, "Đào": 4, "Cúc": 4, "Nhi": 9, "Ngân": 10, "Tâm": 8, "Như": 7, "Giang": 6, "Bích": 5,
}  # fmt: skip

COMPANY_KINDS: Mapping[str, int] = {
    "Công ty TNHH {trade} {name}": 30,
    "Công ty Cổ phần {trade} {name}": 16,
    "Công ty TNHH MTV {name}": 10,
    "Cửa hàng {trade} {name}": 18,
    "Nhà thuốc {name}": 10,
    "Hợp tác xã {farm} {name}": 7,
    "Hộ kinh doanh {person}": 6,
    "Doanh nghiệp tư nhân {name}": 6,
    "Siêu thị mini {name}": 4,
    "Trường Mầm non {name}": 3,
}

TRADES = (
    "Thương mại", "Xây dựng", "Thương mại Dịch vụ", "Vật liệu xây dựng", "Thực phẩm", "Điện máy", "Nội thất", "Du lịch",
    "Vận tải", "May mặc", "In ấn", "Phần mềm", "Thiết bị y tế", "Mỹ phẩm", "Văn phòng phẩm", "Cơ khí", "Nông sản",
    "Thủy sản", "Điện tử", "Bao bì",
)  # fmt: skip
FARMS = ("Nông nghiệp", "Rau sạch", "Chè", "Cà phê", "Thủy sản", "Gốm", "Mây tre đan", "Trái cây", "Dược liệu")
COMPANY_FIRST_WORDS = (
    "An", "Bình", "Đại", "Đông", "Hải", "Hoàng", "Hồng", "Hưng", "Khánh", "Kim", "Minh", "Nam", "Ngọc", "Phú", "Phúc",
    "Quang", "Sao", "Tân", "Thái", "Thành", "Thiên", "Thịnh", "Tiến", "Trường", "Việt", "Vạn", "Xuân", "Ánh", "Đức", "Gia",
)  # fmt: skip
COMPANY_SECOND_WORDS = (
    "Phát", "Thịnh", "Long", "Sơn", "Hà", "Minh", "Phú", "Lộc", "Hưng", "An", "Vinh", "Dương", "Việt", "Á", "Mai",
    "Thành", "Đạt", "Cường", "Tín", "Phong", "Anh", "Bảo", "Châu", "Khang", "Thiên", "Hòa", "Lợi", "Tâm", "Xanh", "Sáng",
)  # fmt: skip
