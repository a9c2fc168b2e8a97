/// Dates as text: ISO 8601 and SQL's own form, without a formatter and without a time zone database.
package enum Timestamp {
    /// Microseconds since 1970 for `2024-02-29T12:30:00.123456+02:00` or `2024-02-29 12:30:00`; no zone means UTC.
    package static func parse(_ text: String) -> Int64? {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let year = scanner.year(), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
            let day = scanner.number(2), let days = daysSince1970(year: year, month: month, day: day)
        else { return nil }
        var micros: Int64 = 0
        if !scanner.isAtEnd {
            guard scanner.take("T") || scanner.take("t") || scanner.take(" "), let time = scanner.time() else { return nil }
            micros = time
            guard let offset = scanner.zone() else { return nil }
            micros -= offset
        }
        guard scanner.isAtEnd else { return nil }
        let (product, overflow) = days.multipliedReportingOverflow(by: 86_400_000_000)
        let (sum, carried) = product.addingReportingOverflow(micros)
        return overflow || carried ? nil : sum
    }

    /// `2024-02-29T12:30:00.123Z`; microseconds only where there are any.
    package static func format(_ microseconds: Int64) -> String {
        let (days, time) = microseconds.quotientAndModulo(86_400_000_000)
        let date = civil(days: days)
        let (seconds, fraction) = time.quotientAndRemainder(dividingBy: 1_000_000)
        let milliseconds = fraction / 1000
        var text = date.year < 0 ? "-" + padded(-date.year, 6) : date.year > 9999 ? "+" + padded(date.year, 6) : padded(date.year, 4)
        text += "-" + padded(date.month, 2) + "-" + padded(date.day, 2)
        text += "T" + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
        text += "." + (fraction % 1000 == 0 ? padded(milliseconds, 3) : padded(fraction, 6))
        return text + "Z"
    }

    /// The calendar date of a day, in the proleptic Gregorian calendar.
    package static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Counts from 1 March of year 0 in eras of 400 years, so that the leap day is the last of its year.
        let (era, dayOfEra) = (days + 719_468).quotientAndModulo(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    package static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.quotientAndModulo(400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension Int64 {
    /// Division that rounds down, so that the remainder is never negative.
    package func quotientAndModulo(_ divisor: Int64) -> (quotient: Int64, modulo: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private struct Scanner {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(truncatingIfNeeded: character.value) else { return false }
        position += 1
        return true
    }

    mutating func digit() -> Int64? {
        guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
        defer { position += 1 }
        return Int64(bytes[position] - 48)
    }

    mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func year() -> Int64? {
        if take("-") { return number(6).map { -$0 } }
        if take("+") { return number(6) }
        return number(4)
    }

    /// `12:30`, `12:30:59`, `12:30:59.123456789` as microseconds of the day.
    mutating func time() -> Int64? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else { return nil }
        var micros = (hour * 3600 + minute * 60) * 1_000_000
        guard take(":") else { return micros }
        guard let second = number(2), second < 60 else { return nil }
        micros += second * 1_000_000
        guard take(".") else { return micros }
        var unit: Int64 = 100_000
        guard let first = digit() else { return nil }
        micros += first * unit
        while let next = digit() {
            unit /= 10
            micros += next * unit
        }
        return micros
    }

    /// `Z`, `+02:00`, `+0200`, `+02` or nothing, as microseconds east of UTC.
    mutating func zone() -> Int64? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours < 24 else { return nil }
        guard !isAtEnd else { return sign * hours * 3_600_000_000 }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60) * 1_000_000
    }
}
